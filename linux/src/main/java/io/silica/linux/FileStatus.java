// SPDX-License-Identifier: Apache-2.0
package io.silica.linux;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/**
 * What is so with a file (statx(2)). Native because the JDK asks by path.
 *
 * @param type what it is
 * @param owner the user's number
 * @param permissions of owner, group and others, and the three bits before them
 * @param device the device that it is on
 * @param inode its number there
 * @param links how many names it has
 * @param size in bytes
 * @param accessed when it was read last, in nanoseconds since 1970
 * @param modified when its contents were changed last
 * @param changed when anything about it was changed last
 */
public record FileStatus(
        FileType type,
        long owner,
        int permissions,
        long device,
        long inode,
        long links,
        long size,
        long accessed,
        long modified,
        long changed) {
    private static final int AT_EMPTY_PATH = 0x1000;
    private static final int BASIC = 0x7ff;
    private static final int PERMISSIONS = 0xFFF;
    private static final long BYTES = 256;
    private static final long NANOS = 1_000_000_000;

    /** Where the fields are in {@code struct statx}. */
    private static final long LINKS = 16;

    private static final long OWNER = 20;
    private static final long MODE = 28;
    private static final long INODE = 32;
    private static final long SIZE = 40;
    private static final long ACCESSED = 64;
    private static final long CHANGED = 96;
    private static final long MODIFIED = 112;
    private static final long DEVICE_MAJOR = 136;
    private static final long DEVICE_MINOR = 140;

    /** Of what a descriptor is, which may be one that only names a place. */
    public static FileStatus of(Descriptor descriptor) {
        try (var arena = Arena.ofConfined()) {
            var memory = arena.allocate(BYTES, 8);
            var nothing = arena.allocateFrom("");
            var call = Syscall.STATX;
            long result =
                    descriptor.borrow(
                            call,
                            n ->
                                    call.invoke(
                                            n, nothing, AT_EMPTY_PATH, BASIC, memory.address(), 0));
            call.check(result, descriptor.label());
            return read(memory);
        }
    }

    private static FileStatus read(MemorySegment memory) {
        return new FileStatus(
                FileType.ofMode(memory.get(JAVA_SHORT, MODE)),
                Integer.toUnsignedLong(memory.get(JAVA_INT, OWNER)),
                memory.get(JAVA_SHORT, MODE) & PERMISSIONS,
                ((long) memory.get(JAVA_INT, DEVICE_MAJOR) << Integer.SIZE)
                        | Integer.toUnsignedLong(memory.get(JAVA_INT, DEVICE_MINOR)),
                memory.get(JAVA_LONG, INODE),
                Integer.toUnsignedLong(memory.get(JAVA_INT, LINKS)),
                memory.get(JAVA_LONG, SIZE),
                time(memory, ACCESSED),
                time(memory, MODIFIED),
                time(memory, CHANGED));
    }

    private static long time(MemorySegment memory, long at) {
        return memory.get(JAVA_LONG, at) * NANOS + memory.get(JAVA_INT, at + Long.BYTES);
    }
}
