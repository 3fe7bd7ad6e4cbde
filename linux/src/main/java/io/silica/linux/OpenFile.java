// SPDX-License-Identifier: Apache-2.0
package io.silica.linux;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Path;

/**
 * What can be done with a regular file that is open, beside reading and writing in order. Native
 * because a FileChannel is opened by path.
 *
 * <p>Any thread may call any method; each can block for as long as the file system does not answer:
 * on a platform thread only, where others own it.
 */
public final class OpenFile implements AutoCloseable {
    private static final int AT_FDCWD = -100;
    private static final long NANOS = 1_000_000_000;

    /** Of utimensat(2), in place of nanoseconds. */
    private static final long NOW = 0x3fff_ffff;

    private static final long OMIT = 0x3fff_fffe;

    private final Descriptor descriptor;

    /** Owns the descriptor from now on. */
    public OpenFile(Descriptor descriptor) {
        this.descriptor = descriptor;
    }

    /** From where an offset counts. */
    public enum Whence {
        START(0),
        HERE(1),
        END(2);

        private final int number;

        Whence(int number) {
            this.number = number;
        }
    }

    /** A time that a file is given. */
    public sealed interface Time {
        /** As it is. */
        record Kept() implements Time {}

        /** The present one. */
        record Now() implements Time {}

        /**
         * Another one.
         *
         * @param nanos since 1970
         */
        record At(long nanos) implements Time {}
    }

    /** It stays the property of this. */
    public Descriptor descriptor() {
        return descriptor;
    }

    /**
     * Reads once from a place, and leaves the file's own place as it is.
     *
     * @return the bytes read; 0 at the end
     */
    public int readAt(MemorySegment buffer, long length, long offset) {
        return transfer(Syscall.PREAD64, buffer, length, offset);
    }

    /**
     * Fills a buffer from a place.
     *
     * @return whether there was as much
     */
    public boolean fill(MemorySegment buffer, long offset) {
        long size = buffer.byteSize();
        long at = 0;
        while (at < size) {
            int count = readAt(buffer.asSlice(at), size - at, offset + at);
            if (count == 0) {
                return false;
            }
            at += count;
        }
        return true;
    }

    /**
     * Writes once to a place, and leaves the file's own place as it is.
     *
     * @return the bytes written, which may be fewer
     */
    public int writeAt(MemorySegment buffer, long length, long offset) {
        return transfer(Syscall.PWRITE64, buffer, length, offset);
    }

    private int transfer(Syscall call, MemorySegment buffer, long length, long offset) {
        var part = buffer.asSlice(0, length);
        long result = descriptor.borrow(call, n -> call.invoke(n, part, length, offset, 0, 0));
        return (int) call.check(result, descriptor.label());
    }

    /** Moves the file's own place, and tells where it is. */
    public long seek(long offset, Whence whence) {
        return descriptor.call(Syscall.LSEEK, offset, whence.number);
    }

    public void truncate(long size) {
        descriptor.call(Syscall.FTRUNCATE, size, 0);
    }

    /** Has the file system set aside what the file needs to be that long. */
    public void allocate(long offset, long length) {
        descriptor.call(Syscall.FALLOCATE, 0, offset, length, 0);
    }

    /** Waits until it is on the disk, with all that belongs to it or its contents only. */
    public void sync(boolean contentsOnly) {
        descriptor.call(contentsOnly ? Syscall.FDATASYNC : Syscall.FSYNC, 0, 0);
    }

    /** Sets times of what a descriptor is, which may be one that only names a place. */
    public static void setTimes(Descriptor place, Time accessed, Time modified) {
        try (var arena = Arena.ofConfined()) {
            var path = arena.allocateFrom(magicLink(place).toString());
            var times = arena.allocate(ValueLayout.JAVA_LONG, 4);
            put(times, 0, accessed);
            put(times, 2, modified);
            var call = Syscall.UTIMENSAT;
            long result =
                    place.borrow(call, _ -> call.invoke(AT_FDCWD, path, times.address(), 0, 0, 0));
            call.check(result, place.label());
        }
    }

    private static void put(MemorySegment times, long index, Time time) {
        long seconds = 0;
        long nanos;
        switch (time) {
            case Time.Kept() -> nanos = OMIT;
            case Time.Now() -> nanos = NOW;
            case Time.At(long all) -> {
                seconds = Math.floorDiv(all, NANOS);
                nanos = Math.floorMod(all, NANOS);
            }
        }
        times.setAtIndex(ValueLayout.JAVA_LONG, index, seconds);
        times.setAtIndex(ValueLayout.JAVA_LONG, index + 1, nanos);
    }

    /** By which path this process reaches what a descriptor of its own is. */
    static Path magicLink(Descriptor descriptor) {
        return Path.of("/proc/self/fd", Integer.toString(descriptor.number()));
    }

    /** Opens what a descriptor names the place of. */
    public static OpenFile reopen(Descriptor place, OpenFlag... flags) {
        return new OpenFile(Descriptor.open(magicLink(place), flags));
    }

    @Override
    public void close() {
        descriptor.close();
    }
}
