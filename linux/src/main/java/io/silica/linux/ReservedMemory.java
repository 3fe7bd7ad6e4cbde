// SPDX-License-Identifier: Apache-2.0
package io.silica.linux;

import java.lang.foreign.MemorySegment;

/**
 * Memory whose place is reserved from the beginning and which is there in part (mmap(2)): it grows
 * without moving, and what lies beyond cannot be touched. Its bytes are zero at first.
 *
 * <p>Nothing blocks. One thread at a time; nobody may touch what {@link #memory} gave after {@link
 * #close}.
 */
public final class ReservedMemory implements AutoCloseable {
    private static final int PROT_NONE = 0;
    private static final int PROT_READ_WRITE = 0x1 | 0x2;
    private static final int MAP_PRIVATE = 0x2;
    private static final int MAP_ANONYMOUS = 0x20;
    private static final int MAP_NORESERVE = 0x4000;

    private final long address;
    private final long reserved;
    private long size;
    private boolean closed;

    private ReservedMemory(long address, long reserved) {
        this.address = address;
        this.reserved = reserved;
    }

    /**
     * Reserves a place, with nothing in it.
     *
     * @param bytes a multiple of the size of a page
     * @throws LinuxException ENOMEM if there is no such place
     */
    public static ReservedMemory of(long bytes) {
        int flags = MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE;
        long place = Syscall.MMAP.invoke(0, bytes, PROT_NONE, flags, -1, 0);
        return new ReservedMemory(Syscall.MMAP.check(place, bytes + " bytes"), bytes);
    }

    /** Where it is. */
    public long address() {
        return address;
    }

    /** Bytes that it may grow to. */
    public long reserved() {
        return reserved;
    }

    /** Bytes that are there. */
    public long size() {
        return size;
    }

    /**
     * Makes more of it be there.
     *
     * @param bytes in all, a multiple of the size of a page
     * @throws LinuxException ENOMEM if there is not the memory; then nothing has changed
     */
    public void grow(long bytes) {
        if (closed || bytes < size || bytes > reserved) {
            throw new IllegalArgumentException(
                    "memory of %d bytes does not grow to %d of %d"
                            .formatted(size, bytes, reserved));
        }
        Syscall.MPROTECT.check(
                Syscall.MPROTECT.invoke(address, bytes, PROT_READ_WRITE, 0), bytes + " bytes");
        size = bytes;
    }

    /** What is there now. */
    @SuppressWarnings("restricted") // it is ours, as long as it is open
    public MemorySegment memory() {
        return MemorySegment.ofAddress(address).reinterpret(size);
    }

    @Override
    public void close() {
        if (!closed) {
            closed = true;
            Syscall.MUNMAP.check(Syscall.MUNMAP.invoke(address, reserved), reserved + " bytes");
        }
    }
}
