// SPDX-License-Identifier: Apache-2.0
package io.silica.linux;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.LongUnaryOperator;

/**
 * The owner of an open file descriptor.
 *
 * <p>Every descriptor of this module is close-on-exec. A close while another thread is in a call on
 * it takes effect when that call returns, so that the number is never used for a stranger's file.
 * All methods may be called by any thread; none blocks except {@link #open}, {@link #reserve} and,
 * unless it is {@link #nonBlocking}, {@link #read} and {@link #write}.
 */
public final class Descriptor implements AutoCloseable {
    private static final int AT_FDCWD = -100;
    private static final int F_SETFD = 2;
    private static final int F_GETFL = 3;
    private static final int F_SETFL = 4;
    private static final int F_DUPFD_CLOEXEC = 1030;
    private static final int FD_CLOEXEC = 1;
    private static final int O_NONBLOCK = 0x800;

    /** Set in {@link #users} when nobody may begin to use the number any more. */
    private static final int CLOSED = Integer.MIN_VALUE;

    private final int number;
    private final String label;
    private final AtomicInteger users = new AtomicInteger();
    private volatile boolean taken;

    Descriptor(long number, String label) {
        this.number = Math.toIntExact(number);
        this.label = label;
    }

    /**
     * Becomes the owner of an open descriptor that came by its number, such as an inherited one,
     * and sets close-on-exec.
     *
     * @param label what messages call it
     * @throws LinuxException EBADF if it is not open
     */
    public static Descriptor adopt(int number, String label) {
        var descriptor = new Descriptor(number, label);
        descriptor.call(Syscall.FCNTL, F_SETFD, FD_CLOEXEC);
        return descriptor;
    }

    /**
     * Opens a path. It can block for ever (a FIFO without {@link OpenFlag#NON_BLOCKING}, a file
     * system that never answers): on a platform thread only, where others own the path.
     */
    public static Descriptor open(Path path, OpenFlag... flags) {
        try (var arena = Arena.ofConfined()) {
            var name = arena.allocateFrom(path.toString());
            long result = Syscall.OPENAT.invoke(AT_FDCWD, name, OpenFlag.bits(flags), 0600, 0, 0);
            return new Descriptor(Syscall.OPENAT.check(result, path), path.toString());
        }
    }

    /**
     * The number, for handing to something that takes numbers; meaningless after {@link #close}.
     */
    public int number() {
        return number;
    }

    /** What messages call it: a path or an address. */
    public String label() {
        return label;
    }

    public boolean isOpen() {
        return users.get() >= 0;
    }

    /** Another descriptor for the same open file. */
    public Descriptor duplicate() {
        return duplicate(0);
    }

    /** Another descriptor for the same open file with a number that is not below {@code lowest}. */
    Descriptor duplicate(int lowest) {
        return new Descriptor(call(Syscall.FCNTL, F_DUPFD_CLOEXEC, lowest), label);
    }

    /**
     * Sets whether a read or write that cannot be done now returns at once. The setting belongs to
     * the open file: it is shared with duplicates and with every process that has one.
     */
    public void nonBlocking(boolean on) {
        long flags = call(Syscall.FCNTL, F_GETFL, 0);
        call(Syscall.FCNTL, F_SETFL, on ? flags | O_NONBLOCK : flags & ~O_NONBLOCK);
    }

    /**
     * Reads once into a part of a native buffer.
     *
     * @return the bytes read; 0 if it would block; -1 at the end
     */
    public int read(MemorySegment buffer, long offset, long length) {
        return received(Syscall.READ, transfer(Syscall.READ, buffer, offset, length, 0));
    }

    /**
     * Writes a part of a native buffer once.
     *
     * @return the bytes written, which may be fewer; 0 if it would block
     */
    public int write(MemorySegment buffer, long offset, long length) {
        return sent(Syscall.WRITE, transfer(Syscall.WRITE, buffer, offset, length, 0));
    }

    /**
     * Makes a file at least this long and has the file system set aside all that it needs for it:
     * then no write within that length, also through a map, finds the disk full. (Not on a file
     * system that writes nothing in place, such as btrfs.) As slow as the file system.
     *
     * @throws LinuxException ENOSPC; EOPNOTSUPP if the file system cannot do it
     */
    public void reserve(long bytes) {
        call(Syscall.FALLOCATE, 0, 0, bytes, 0);
    }

    /**
     * Whether one of the events is so now. An end or an error counts as any of them.
     *
     * @param events of the constants of {@link Epoll}
     */
    public boolean isReady(int events) {
        try (var arena = Arena.ofConfined()) {
            var poll = arena.allocateFrom(JAVA_INT, number, events);
            var noTime = arena.allocate(JAVA_LONG, 2);
            var call = Syscall.PPOLL;
            long result = borrow(call, _ -> call.invoke(poll.address(), 1, noTime.address(), 0));
            return call.check(result, label) > 0;
        }
    }

    /** One transfer between a buffer and this; the result as the kernel gives it. */
    long transfer(Syscall call, MemorySegment buffer, long offset, long length, int flags) {
        Objects.checkFromIndexSize(offset, length, buffer.byteSize());
        return attempt(call, offset == 0 ? buffer : buffer.asSlice(offset), length, flags);
    }

    /**
     * Makes a call with this as its first argument and memory as its second; the result as the
     * kernel gives it.
     */
    long attempt(Syscall call, MemorySegment b, long c, long d) {
        acquire(call);
        try {
            return call.invoke(number, b, c, d, 0, 0);
        } finally {
            release();
        }
    }

    int received(Syscall call, long result) {
        if (result > 0) {
            return (int) result;
        }
        return result == 0 ? -1 : wouldBlock(call, result);
    }

    int sent(Syscall call, long result) {
        return result >= 0 ? (int) result : wouldBlock(call, result);
    }

    private int wouldBlock(Syscall call, long result) {
        if (Syscall.is(result, Errno.EAGAIN) || Syscall.is(result, Errno.EINTR)) {
            return 0;
        }
        throw call.refused(result, label);
    }

    /** Makes a call with this as its first argument; the result as the kernel gives it. */
    long attempt(Syscall call, long b, long c, long d, long e) {
        acquire(call);
        try {
            return call.invoke(number, b, c, d, e, 0);
        } finally {
            release();
        }
    }

    /** Makes a call with this as its first argument and throws if it is refused. */
    long call(Syscall call, long b, long c, long d, long e) {
        return call.check(attempt(call, b, c, d, e), label);
    }

    long call(Syscall call, long b, long c) {
        return call(call, b, c, 0, 0);
    }

    /** As {@link #attempt}, where the number is not the first argument or there are more. */
    long borrow(Syscall call, LongUnaryOperator body) {
        acquire(call);
        try {
            return body.applyAsLong(number);
        } finally {
            release();
        }
    }

    private void acquire(Syscall call) {
        if (users.getAndUpdate(n -> n < 0 ? n : n + 1) < 0) {
            throw new LinuxException(call.call(), label, Errno.EBADF);
        }
    }

    private void release() {
        if (users.decrementAndGet() == CLOSED) {
            closeNow();
        }
    }

    /** Gives ownership away: this is closed, the number stays open and belongs to the caller. */
    public int take() {
        taken = true;
        close();
        return number;
    }

    /** Idempotent. Errors of the kernel's close are not reported: the number is gone either way. */
    @Override
    public void close() {
        if (users.getAndUpdate(n -> n | CLOSED) == 0) {
            closeNow();
        }
    }

    private void closeNow() {
        if (!taken) {
            Syscall.CLOSE.invoke(number, 0);
        }
    }

    @Override
    public String toString() {
        return number + " (" + label + ")" + (isOpen() ? "" : ", closed");
    }
}
