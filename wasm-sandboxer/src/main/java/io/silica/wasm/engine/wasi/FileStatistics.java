// SPDX-License-Identifier: Apache-2.0
package io.silica.wasm.engine.wasi;

import io.silica.linux.FileStatus;
import io.silica.linux.FileType;
import io.silica.linux.OpenFile.Time;

/** What is so with a file, as WASI writes it ({@code filestat}, {@code filetype}). */
final class FileStatistics {
    private static final int BYTES = 64;

    /** Bits of {@code fstflags}. */
    private static final int ACCESSED = 1;

    private static final int ACCESSED_NOW = 2;
    private static final int MODIFIED = 4;
    private static final int MODIFIED_NOW = 8;

    private FileStatistics() {}

    static void write(Memory memory, int address, FileStatus status) {
        memory.fill((byte) 0, address, address + BYTES);
        memory.writeLong(address, status.device());
        memory.writeLong(address + 8, status.inode());
        memory.writeByte(address + 16, type(status.type()));
        memory.writeLong(address + 24, status.links());
        memory.writeLong(address + 32, status.size());
        memory.writeLong(address + 40, status.accessed());
        memory.writeLong(address + 48, status.modified());
        memory.writeLong(address + 56, status.changed());
    }

    /** Of a stream nothing is known. */
    static void writeStream(Memory memory, int address) {
        memory.fill((byte) 0, address, address + BYTES);
        memory.writeByte(address + 16, type(FileType.CHARACTER_DEVICE));
        memory.writeLong(address + 24, 1);
    }

    /** Of a socket neither. */
    static void writeSocket(Memory memory, int address) {
        writeStream(memory, address);
        memory.writeByte(address + 16, type(FileType.SOCKET));
    }

    static byte type(FileType type) {
        return switch (type) {
            case UNKNOWN, FIFO -> 0;
            case BLOCK_DEVICE -> 1;
            case CHARACTER_DEVICE -> 2;
            case DIRECTORY -> 3;
            case REGULAR -> 4;
            case SOCKET -> 6;
            case SYMBOLIC_LINK -> 7;
        };
    }

    static Time accessed(long nanos, long flags) {
        return time(nanos, (flags & ACCESSED) != 0, (flags & ACCESSED_NOW) != 0);
    }

    static Time modified(long nanos, long flags) {
        return time(nanos, (flags & MODIFIED) != 0, (flags & MODIFIED_NOW) != 0);
    }

    private static Time time(long nanos, boolean given, boolean now) {
        if (given && now) {
            throw new WasiFailure(WasiErrno.INVALID);
        }
        if (given) {
            return new Time.At(nanos);
        }
        return now ? new Time.Now() : new Time.Kept();
    }
}
