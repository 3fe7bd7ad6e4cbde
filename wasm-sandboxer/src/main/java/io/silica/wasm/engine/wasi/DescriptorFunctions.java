// SPDX-License-Identifier: Apache-2.0
package io.silica.wasm.engine.wasi;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.silica.linux.FileStatus;
import io.silica.linux.OpenFile;
import io.silica.linux.OpenFile.Whence;
import io.silica.wasm.engine.wasi.WasiDescriptor.Directory;
import io.silica.wasm.engine.wasi.WasiDescriptor.File;
import io.silica.wasm.engine.wasi.WasiDescriptor.Input;
import io.silica.wasm.engine.wasi.WasiDescriptor.Output;
import java.util.Map;

/** The functions of WASI whose names begin with {@code fd_}, but those that read and write. */
final class DescriptorFunctions {
    /** Value of {@code filetype}. */
    private static final int STREAM_SOCKET = 6;

    /** A {@code preopentype} that WASI does not have. */
    private static final int NO_DIRECTORY = 1;

    private final DescriptorTable table;

    DescriptorFunctions(DescriptorTable table) {
        this.table = table;
    }

    Map<String, WasiFunction> functions() {
        return Map.ofEntries(
                Map.entry("fd_advise", this::advise),
                Map.entry("fd_allocate", this::allocate),
                Map.entry("fd_close", (_, args) -> table.close(args[0])),
                Map.entry("fd_datasync", (_, args) -> sync(args[0], true)),
                Map.entry("fd_fdstat_get", this::state),
                Map.entry("fd_fdstat_set_flags", this::setFlags),
                Map.entry("fd_fdstat_set_rights", DescriptorFunctions::refuse),
                Map.entry("fd_filestat_get", this::status),
                Map.entry("fd_filestat_set_size", this::setSize),
                Map.entry("fd_filestat_set_times", this::setTimes),
                Map.entry("fd_prestat_dir_name", this::preopenName),
                Map.entry("fd_prestat_get", this::preopen),
                Map.entry("fd_readdir", new DirectoryListing(table)::list),
                Map.entry("fd_renumber", (_, args) -> table.move(args[0], args[1])),
                Map.entry("fd_seek", this::seek),
                Map.entry("fd_sync", (_, args) -> sync(args[0], false)),
                Map.entry("fd_tell", this::tell));
    }

    /** {@code (fd, offset, len, advice)}: advice need not be taken. */
    private void advise(Memory memory, long[] args) {
        var _ = table.file(args[0]);
        if (args[1] < 0 || args[2] < 0) {
            throw new WasiFailure(WasiErrno.INVALID);
        }
    }

    /** {@code (fd, offset, len)}. */
    private void allocate(Memory memory, long[] args) {
        writable(args[0]).allocate(args[1], args[2]);
    }

    private void sync(long descriptor, boolean contentsOnly) {
        table.file(descriptor).file().sync(contentsOnly);
    }

    /** {@code (fd, buf)}: type, flags, rights. */
    private void state(Memory memory, long[] args) {
        int type = 0;
        int flags = 0;
        long rights;
        long inherited = 0;
        switch (table.get(args[0])) {
            case Input _ -> rights = Rights.READ;
            case Output _ -> rights = Rights.WRITE;
            case Directory _ -> {
                type = 3;
                rights = Rights.OF_DIRECTORIES;
                inherited = Rights.OF_DIRECTORIES | Rights.OF_FILES;
            }
            case File file -> {
                type = 4;
                flags = file.flags();
                rights = file.rights();
            }
            case GuestSocket.Listener listener -> {
                type = STREAM_SOCKET;
                flags = listener.flags();
                rights = Rights.OF_LISTENERS;
                inherited = Rights.OF_CONNECTIONS;
            }
            case GuestSocket.Connection connection -> {
                type = STREAM_SOCKET;
                flags = connection.flags();
                rights = Rights.OF_CONNECTIONS;
            }
        }
        int address = (int) args[1];
        memory.writeLong(address, 0);
        memory.writeByte(address, (byte) type);
        memory.writeShort(address + 2, (short) flags);
        memory.writeLong(address + 8, rights);
        memory.writeLong(address + 16, inherited);
    }

    /** {@code (fd, flags)}: but for sockets they stay what they were when it was opened. */
    private void setFlags(Memory memory, long[] args) {
        int wanted = (int) args[1];
        switch (table.get(args[0])) {
            case GuestSocket socket -> socket.flags(wanted);
            case File file -> requireSame(file.flags(), wanted);
            case Directory _, Input _, Output _ -> requireSame(0, wanted);
        }
    }

    private static void requireSame(int flags, int wanted) {
        if (wanted != flags) {
            throw new WasiFailure(WasiErrno.NOT_SUPPORTED);
        }
    }

    private static void refuse(Memory memory, long[] args) {
        throw new WasiFailure(WasiErrno.NOT_SUPPORTED);
    }

    /** {@code (fd, buf)}. */
    private void status(Memory memory, long[] args) {
        int address = (int) args[1];
        switch (table.get(args[0])) {
            case Input _, Output _ -> FileStatistics.writeStream(memory, address);
            case GuestSocket _ -> FileStatistics.writeSocket(memory, address);
            case File file ->
                    FileStatistics.write(memory, address, FileStatus.of(file.file().descriptor()));
            case Directory directory ->
                    FileStatistics.write(
                            memory, address, FileStatus.of(directory.place().descriptor()));
        }
    }

    /** {@code (fd, size)}. */
    private void setSize(Memory memory, long[] args) {
        writable(args[0]).truncate(args[1]);
    }

    /** {@code (fd, atim, mtim, fst_flags)}. */
    private void setTimes(Memory memory, long[] args) {
        var place =
                switch (table.get(args[0])) {
                    case File file -> {
                        requireWritable(file.readOnly());
                        yield file.file().descriptor();
                    }
                    case Directory directory -> {
                        requireWritable(directory.readOnly());
                        yield directory.place().descriptor();
                    }
                    case Input _, Output _, GuestSocket _ ->
                            throw new WasiFailure(WasiErrno.INVALID);
                };
        OpenFile.setTimes(
                place,
                FileStatistics.accessed(args[1], args[3]),
                FileStatistics.modified(args[2], args[3]));
    }

    /** {@code (fd, path, path_len)}. */
    private void preopenName(Memory memory, long[] args) {
        var name = preopenName(args[0]);
        if (Integer.toUnsignedLong((int) args[2]) < name.length) {
            throw new WasiFailure(WasiErrno.NAME_TOO_LONG);
        }
        memory.write((int) args[1], name);
    }

    /**
     * {@code (fd, buf)}: the tag of a directory, and how long its name is. Libraries ask for one
     * number after the other until they hear that it is none, and pass over tags that they do not
     * know: so a socket has one.
     */
    private void preopen(Memory memory, long[] args) {
        if (table.get(args[0]) instanceof GuestSocket.Listener) {
            memory.writeI32((int) args[1], NO_DIRECTORY);
            memory.writeI32((int) args[1] + 4, 0);
            return;
        }
        int length = preopenName(args[0]).length;
        memory.writeI32((int) args[1], 0);
        memory.writeI32((int) args[1] + 4, length);
    }

    private byte[] preopenName(long descriptor) {
        var found =
                switch (table.get(descriptor)) {
                    case Directory directory -> directory.preopen();
                    case File _, Input _, Output _, GuestSocket _ -> throw badDescriptor();
                };
        return found.orElseThrow(DescriptorFunctions::badDescriptor).getBytes(UTF_8);
    }

    private static WasiFailure badDescriptor() {
        return new WasiFailure(WasiErrno.BAD_DESCRIPTOR);
    }

    /** {@code (fd, offset, whence, newoffset)}. */
    private void seek(Memory memory, long[] args) {
        var whence =
                switch ((int) args[2]) {
                    case 0 -> Whence.START;
                    case 1 -> Whence.HERE;
                    case 2 -> Whence.END;
                    default -> throw new WasiFailure(WasiErrno.INVALID);
                };
        memory.writeLong((int) args[3], table.file(args[0]).file().seek(args[1], whence));
    }

    /** {@code (fd, offset)}. */
    private void tell(Memory memory, long[] args) {
        var file = table.file(args[0]).file();
        memory.writeLong((int) args[1], file.seek(0, Whence.HERE));
    }

    private OpenFile writable(long descriptor) {
        var file = table.file(descriptor);
        requireWritable(file.readOnly());
        return file.file();
    }

    private static void requireWritable(boolean readOnly) {
        if (readOnly) {
            throw new WasiFailure(WasiErrno.READ_ONLY);
        }
    }
}
