// SPDX-License-Identifier: Apache-2.0
package io.silica.linux;

import static java.lang.foreign.ValueLayout.JAVA_INT_UNALIGNED;
import static java.lang.foreign.ValueLayout.JAVA_LONG_UNALIGNED;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/**
 * Waits for many descriptors at once, edge triggered. Native because the JDK's selector is level
 * triggered and takes only channels of its own.
 *
 * <p>Registrations may be changed by any thread. {@link #await}, {@link #token} and {@link #events}
 * belong to one platform thread, the loop: a wait blocks, and its batch is reused by the next.
 */
public final class Epoll implements AutoCloseable {
    /** Something to read, or the end. */
    public static final int READABLE = 0x1;

    /** Room to write. */
    public static final int WRITABLE = 0x4;

    /** An error is pending; always reported, also when not asked for. */
    public static final int ERROR = 0x8;

    /** Both directions are over; always reported, also when not asked for. */
    public static final int HANG_UP = 0x10;

    /** The peer of a stream socket sends no more. */
    public static final int PEER_CLOSED = 0x2000;

    private static final int ONE_SHOT = 1 << 30;
    private static final int EDGE = 1 << 31;

    private static final int ADD = 1;
    private static final int REMOVE = 2;
    private static final int MODIFY = 3;

    private static final int SIZE = Architecture.CURRENT.epollEventSize();
    private static final int DATA = Architecture.CURRENT.epollDataOffset();

    private final Descriptor descriptor;
    private final MemorySegment batch;
    private final int capacity;

    private Epoll(Descriptor descriptor, int capacity) {
        this.descriptor = descriptor;
        this.capacity = capacity;
        this.batch = Arena.ofAuto().allocate((long) capacity * SIZE, Long.BYTES);
    }

    /**
     * A new instance.
     *
     * @param capacity how many events one wait can bring
     */
    public static Epoll create(int capacity) {
        long result = Syscall.EPOLL_CREATE1.invoke(OpenFlag.CLOEXEC, 0);
        long number = Syscall.EPOLL_CREATE1.check(result, "epoll");
        return new Epoll(new Descriptor(number, "epoll"), capacity);
    }

    /**
     * Registers a descriptor, edge triggered: each event is reported once, when it comes to be.
     *
     * @param events of {@link #READABLE}, {@link #WRITABLE} and {@link #PEER_CLOSED}
     * @param token what {@link #token} gives for its events
     * @throws LinuxException EPERM if it is a regular file or a directory, EEXIST if it is
     *     registered
     */
    public void add(Descriptor target, int events, long token) {
        control(ADD, target, events | EDGE, token);
    }

    /** Registers a descriptor for one event only. */
    void addOnce(Descriptor target, int events, long token) {
        control(ADD, target, events | ONE_SHOT, token);
    }

    /**
     * Changes what a registered descriptor is watched for; an event that is so already is reported
     * anew.
     */
    public void modify(Descriptor target, int events, long token) {
        control(MODIFY, target, events | EDGE, token);
    }

    /**
     * Ends a registration. Closing the last descriptor of an open file does it too; where
     * duplicates may exist, only this does.
     */
    public void remove(Descriptor target) {
        control(REMOVE, target, 0, 0);
    }

    private void control(int operation, Descriptor target, int events, long token) {
        try (var arena = Arena.ofConfined()) {
            var event = arena.allocate(SIZE, Long.BYTES);
            event.set(JAVA_INT_UNALIGNED, 0, events);
            event.set(JAVA_LONG_UNALIGNED, DATA, token);
            long result =
                    descriptor.attempt(
                            Syscall.EPOLL_CTL, operation, target.number(), event.address(), 0);
            Syscall.EPOLL_CTL.check(result, target);
        }
    }

    /**
     * Waits until something happens. A signal may end it early, without events.
     *
     * @param timeoutMillis -1 waits without end, 0 only looks
     * @return how many events the batch holds
     */
    public int await(int timeoutMillis) {
        long result = descriptor.attempt(Syscall.EPOLL_PWAIT, batch, capacity, timeoutMillis);
        if (Syscall.is(result, Errno.EINTR)) {
            return 0;
        }
        return (int) Syscall.EPOLL_PWAIT.check(result, "epoll");
    }

    /** The token of an event of the last wait. */
    public long token(int index) {
        return batch.get(JAVA_LONG_UNALIGNED, (long) index * SIZE + DATA);
    }

    /** What happened, as a sum of this class's constants. */
    public int events(int index) {
        return batch.get(JAVA_INT_UNALIGNED, (long) index * SIZE);
    }

    @Override
    public void close() {
        descriptor.close();
    }
}
