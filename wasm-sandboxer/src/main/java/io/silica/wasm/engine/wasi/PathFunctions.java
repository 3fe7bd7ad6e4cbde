// SPDX-License-Identifier: Apache-2.0
package io.silica.wasm.engine.wasi;

import io.silica.linux.Beneath.Resolve;
import io.silica.linux.Descriptor;
import io.silica.linux.Errno;
import io.silica.linux.FileStatus;
import io.silica.linux.FileType;
import io.silica.linux.LinuxException;
import io.silica.linux.OpenDirectory;
import io.silica.linux.OpenFile;
import io.silica.linux.OpenFlag;
import io.silica.wasm.engine.wasi.WasiDescriptor.Directory;
import java.util.Map;

/**
 * The functions of WASI whose names begin with {@code path_}. Whatever a path says, the kernel
 * keeps it beneath the directory that it begins at: {@code ..} and links that lead out are {@code
 * ENOTCAPABLE}, and so are absolute ones.
 */
final class PathFunctions {
    private static final int FOLLOW = 1;
    private static final int ANYBODY = 0777;

    private final DescriptorTable table;
    private final PathOpening opening;

    PathFunctions(DescriptorTable table) {
        this.table = table;
        this.opening = new PathOpening(table);
    }

    Map<String, WasiFunction> functions() {
        return Map.ofEntries(
                Map.entry("path_create_directory", this::createDirectory),
                Map.entry("path_filestat_get", this::status),
                Map.entry("path_filestat_set_times", this::setTimes),
                Map.entry("path_link", this::link),
                Map.entry("path_open", opening::open),
                Map.entry("path_readlink", this::readLink),
                Map.entry("path_remove_directory", this::removeDirectory),
                Map.entry("path_rename", this::rename),
                Map.entry("path_symlink", this::symbolicLink),
                Map.entry("path_unlink_file", this::removeFile));
    }

    /** {@code (fd, path, path_len)}. */
    private void createDirectory(Memory memory, long[] args) {
        var directory = writable(args[0]);
        var path = GuestPath.read(memory, args[1], args[2]);
        try (var parent = parent(directory, path)) {
            parent.createDirectory(path.name(), ANYBODY);
        }
    }

    /** {@code (fd, flags, path, path_len, buf)}. */
    private void status(Memory memory, long[] args) {
        var directory = table.directory(args[0]);
        var path = GuestPath.read(memory, args[2], args[3]);
        try (var place = place(directory, path, args[1])) {
            FileStatistics.write(memory, (int) args[4], FileStatus.of(place));
        }
    }

    /** {@code (fd, flags, path, path_len, atim, mtim, fst_flags)}. */
    private void setTimes(Memory memory, long[] args) {
        var directory = writable(args[0]);
        var path = GuestPath.read(memory, args[2], args[3]);
        var accessed = FileStatistics.accessed(args[4], args[6]);
        var modified = FileStatistics.modified(args[5], args[6]);
        try (var place = place(directory, path, args[1])) {
            OpenFile.setTimes(place, accessed, modified);
        }
    }

    /** {@code (old_fd, old_flags, old_path, old_len, new_fd, new_path, new_len)}. */
    private void link(Memory memory, long[] args) {
        var from = writable(args[0]);
        var to = writable(args[4]);
        var path = GuestPath.read(memory, args[2], args[3]);
        var newPath = newName(memory, args[5], args[6]);
        try (var target = parent(to, newPath)) {
            if ((args[1] & FOLLOW) != 0 || path.isDirectory()) {
                try (var place = place(from, path, args[1])) {
                    target.link(place, newPath.name());
                }
            } else {
                try (var source = parent(from, path)) {
                    source.link(path.name(), target, newPath.name());
                }
            }
        }
    }

    /** {@code (fd, path, path_len, buf, buf_len, used)}. */
    private void readLink(Memory memory, long[] args) {
        var directory = table.directory(args[0]);
        var path = GuestPath.read(memory, args[1], args[2]);
        try (var parent = parent(directory, path)) {
            var contents = parent.readLink(path.name());
            int length = (int) Math.min(contents.length, Integer.toUnsignedLong((int) args[4]));
            memory.write((int) args[3], contents, 0, length);
            memory.writeI32((int) args[5], length);
        }
    }

    /** {@code (fd, path, path_len)}. */
    private void removeDirectory(Memory memory, long[] args) {
        var directory = writable(args[0]);
        var path = GuestPath.read(memory, args[1], args[2]);
        try (var parent = parent(directory, path)) {
            parent.removeDirectory(path.name());
        }
    }

    /** {@code (fd, path, path_len)}. */
    private void removeFile(Memory memory, long[] args) {
        var directory = writable(args[0]);
        var path = GuestPath.read(memory, args[1], args[2]);
        requireDirectory(directory, path, path.isDirectory());
        try (var parent = parent(directory, path)) {
            parent.removeFile(path.name());
        }
    }

    /** {@code (fd, old_path, old_len, new_fd, new_path, new_len)}. */
    private void rename(Memory memory, long[] args) {
        var from = writable(args[0]);
        var to = writable(args[3]);
        var path = GuestPath.read(memory, args[1], args[2]);
        var newPath = GuestPath.read(memory, args[4], args[5]);
        requireDirectory(from, path, path.isDirectory() || newPath.isDirectory());
        try (var source = parent(from, path);
                var target = parent(to, newPath)) {
            source.rename(path.name(), target, newPath.name());
        }
    }

    /** {@code (contents, contents_len, fd, path, path_len)}. */
    private void symbolicLink(Memory memory, long[] args) {
        var contents = GuestPath.text(memory, args[0], args[1]);
        if (contents.startsWith("/")) {
            throw new WasiFailure(WasiErrno.NOT_CAPABLE);
        }
        var directory = writable(args[2]);
        var path = newName(memory, args[3], args[4]);
        try (var parent = parent(directory, path)) {
            parent.symbolicLink(contents, path.name());
        }
    }

    /** What says that it is a directory is not what a link or a file can be called. */
    private static GuestPath newName(Memory memory, long address, long length) {
        var path = GuestPath.read(memory, address, length);
        if (path.isDirectory()) {
            throw new WasiFailure(WasiErrno.NO_ENTRY);
        }
        return path;
    }

    private Directory writable(long descriptor) {
        var directory = table.directory(descriptor);
        if (directory.readOnly()) {
            throw new WasiFailure(WasiErrno.READ_ONLY);
        }
        return directory;
    }

    private static void requireDirectory(Directory directory, GuestPath path, boolean required) {
        if (required) {
            try (var place = place(directory, path, 0)) {
                if (FileStatus.of(place).type() != FileType.DIRECTORY) {
                    throw new WasiFailure(WasiErrno.NOT_DIRECTORY);
                }
            }
        }
    }

    private static Descriptor place(Directory directory, GuestPath path, long lookup) {
        return (lookup & FOLLOW) != 0
                ? beneath(directory, path.text(), OpenFlag.PATH)
                : beneath(directory, path.text(), OpenFlag.PATH, OpenFlag.NO_FOLLOW);
    }

    private static OpenDirectory parent(Directory directory, GuestPath path) {
        return new OpenDirectory(
                beneath(directory, path.parent(), OpenFlag.PATH, OpenFlag.DIRECTORY));
    }

    /** Opens what the kernel finds beneath a directory. */
    static Descriptor beneath(Directory directory, String path, OpenFlag... flags) {
        try {
            return directory.place().open(path, Resolve.BENEATH, flags);
        } catch (LinuxException e) {
            throw e.errno() == Errno.EXDEV ? new WasiFailure(WasiErrno.NOT_CAPABLE) : e;
        }
    }
}
