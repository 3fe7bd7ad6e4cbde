// SPDX-License-Identifier: Apache-2.0
package io.silica.wasm.engine.wasi;

import io.silica.linux.Beneath;
import io.silica.linux.Beneath.Resolve;
import io.silica.linux.Descriptor;
import io.silica.linux.Errno;
import io.silica.linux.FileStatus;
import io.silica.linux.FileType;
import io.silica.linux.LinuxException;
import io.silica.linux.OpenFile;
import io.silica.linux.OpenFlag;
import io.silica.wasm.engine.wasi.WasiDescriptor.Directory;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * {@code path_open}. A place is found first, looked at, and opened only if it is a regular file or
 * a directory: to open a FIFO would stop the guest's thread for good, and a device of an image may
 * be one of the host.
 */
final class PathOpening {
    /** Bits of {@code lookupflags}, {@code oflags} and {@code fdflags}. */
    private static final long FOLLOW = 1;

    private static final long CREATE = 1;
    private static final long DIRECTORY = 2;
    private static final long EXCLUSIVE = 4;
    private static final long TRUNCATE = 8;
    private static final long APPEND = 1;
    private static final long DATA_SYNC = 2;
    private static final long READ_SYNC = 8;
    private static final long SYNC = 16;

    /** The mode of what is made, from which the worker's umask takes bits away. */
    private static final int ANYBODY = 0666;

    /** How often a name may come and go while it is opened. */
    private static final int ATTEMPTS = 16;

    private final DescriptorTable table;

    PathOpening(DescriptorTable table) {
        this.table = table;
    }

    /** What a guest asks for. */
    private record Wish(
            Directory directory, GuestPath path, long lookup, long open, long rights, long flags) {
        boolean asks(long bit) {
            return (open & bit) != 0;
        }

        boolean writes() {
            return (rights & Rights.WRITE) != 0 || asks(TRUNCATE) || (flags & APPEND) != 0;
        }

        boolean changes() {
            return writes() || asks(CREATE);
        }

        /** How the file that was found, or is made, is opened. */
        List<OpenFlag> mode() {
            boolean reads = (rights & Rights.READ) != 0 || !writes();
            var mode = new ArrayList<OpenFlag>();
            mode.add(writes() ? reads ? OpenFlag.READ_WRITE : OpenFlag.WRITE : OpenFlag.READ);
            mode.add(OpenFlag.NON_BLOCKING);
            mode.add(OpenFlag.NO_CONTROLLING_TERMINAL);
            if ((flags & APPEND) != 0) {
                mode.add(OpenFlag.APPEND);
            }
            if ((flags & (SYNC | READ_SYNC)) != 0) {
                mode.add(OpenFlag.SYNC);
            } else if ((flags & DATA_SYNC) != 0) {
                mode.add(OpenFlag.DATA_SYNC);
            }
            return mode;
        }
    }

    /**
     * {@code (fd, dirflags, path, path_len, oflags, rights_base, rights_inheriting, fdflags,
     * opened)}.
     */
    void open(Memory memory, long[] args) {
        var directory = table.directory(args[0]);
        var path = GuestPath.read(memory, args[2], args[3]);
        var wish = new Wish(directory, path, args[1], args[4], args[5], args[7]);
        if (directory.readOnly() && wish.changes()) {
            throw new WasiFailure(WasiErrno.READ_ONLY);
        }
        memory.writeI32((int) args[8], table.add(opened(wish)));
    }

    private static WasiDescriptor opened(Wish wish) {
        for (int i = 0; i < ATTEMPTS; i++) {
            var place = place(wish);
            if (place.isPresent()) {
                return found(wish, place.get());
            }
            var made = made(wish);
            if (made.isPresent()) {
                return made.get();
            }
        }
        // What is there leads to nothing: a link that cannot be created through.
        throw new WasiFailure(WasiErrno.NO_ENTRY);
    }

    /** Empty if there is nothing, and something can be made there. */
    private static Optional<Descriptor> place(Wish wish) {
        boolean follows = (wish.lookup & FOLLOW) != 0;
        try {
            return Optional.of(
                    follows
                            ? PathFunctions.beneath(wish.directory, wish.path.text(), OpenFlag.PATH)
                            : PathFunctions.beneath(
                                    wish.directory,
                                    wish.path.text(),
                                    OpenFlag.PATH,
                                    OpenFlag.NO_FOLLOW));
        } catch (LinuxException e) {
            if (e.errno() == Errno.ENOENT && wish.asks(CREATE) && !wish.path.isDirectory()) {
                return Optional.empty();
            }
            throw e;
        }
    }

    /** Empty if there is something by now. Nothing but what was made can be opened so. */
    private static Optional<WasiDescriptor> made(Wish wish) {
        var mode = wish.mode();
        mode.addAll(List.of(OpenFlag.CREATE, OpenFlag.EXCLUSIVE, OpenFlag.NO_FOLLOW));
        try {
            var descriptor =
                    wish.directory
                            .place()
                            .open(
                                    wish.path.text(),
                                    Resolve.BENEATH,
                                    ANYBODY,
                                    mode.toArray(OpenFlag[]::new));
            return Optional.of(file(wish, new OpenFile(descriptor)));
        } catch (LinuxException e) {
            if (e.errno() == Errno.EEXIST && !wish.asks(EXCLUSIVE)) {
                return Optional.empty();
            }
            throw e;
        }
    }

    private static WasiDescriptor found(Wish wish, Descriptor place) {
        FileType type;
        try {
            type = FileStatus.of(place).type();
            requireOpenable(wish, type);
        } catch (RuntimeException e) {
            place.close();
            throw e;
        }
        if (type == FileType.DIRECTORY) {
            return new Directory(Beneath.at(place), wish.directory.readOnly(), Optional.empty());
        }
        try (place) {
            return regular(wish, place);
        }
    }

    private static void requireOpenable(Wish wish, FileType type) {
        if (wish.asks(CREATE) && wish.asks(EXCLUSIVE)) {
            throw new WasiFailure(WasiErrno.EXISTS);
        }
        switch (type) {
            case REGULAR -> {
                if (wish.asks(DIRECTORY) || wish.path.isDirectory()) {
                    throw new WasiFailure(WasiErrno.NOT_DIRECTORY);
                }
            }
            case DIRECTORY -> {
                if (wish.changes()) {
                    throw new WasiFailure(WasiErrno.IS_DIRECTORY);
                }
            }
            case SYMBOLIC_LINK ->
                    throw new WasiFailure(
                            wish.asks(DIRECTORY) ? WasiErrno.NOT_DIRECTORY : WasiErrno.LOOP);
            case UNKNOWN, FIFO, CHARACTER_DEVICE, BLOCK_DEVICE, SOCKET ->
                    throw new WasiFailure(WasiErrno.NOT_SUPPORTED);
        }
    }

    private static WasiDescriptor regular(Wish wish, Descriptor place) {
        var mode = wish.mode();
        if (wish.asks(TRUNCATE)) {
            mode.add(OpenFlag.TRUNCATE);
        }
        return file(wish, OpenFile.reopen(place, mode.toArray(OpenFlag[]::new)));
    }

    private static WasiDescriptor file(Wish wish, OpenFile file) {
        return new WasiDescriptor.File(
                file, wish.directory.readOnly(), (int) wish.flags, wish.rights & Rights.OF_FILES);
    }
}
