// SPDX-License-Identifier: Apache-2.0
package io.silica.linux;

import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/**
 * A counter that an {@link Epoll} can wait for: how another thread wakes a loop. Native because the
 * JDK has no descriptor that can be signalled.
 */
public final class EventFd implements AutoCloseable {
    private static final int NON_BLOCKING = 0x800;

    private final Descriptor descriptor;
    private final MemorySegment one = Arena.ofAuto().allocateFrom(JAVA_LONG, 1);
    private final MemorySegment drained = Arena.ofAuto().allocate(JAVA_LONG);

    private EventFd(Descriptor descriptor) {
        this.descriptor = descriptor;
    }

    /** A new counter at zero. */
    public static EventFd create() {
        long result = Syscall.EVENTFD2.invoke(0, OpenFlag.CLOEXEC | NON_BLOCKING);
        return new EventFd(new Descriptor(Syscall.EVENTFD2.check(result, "eventfd"), "eventfd"));
    }

    /** What to register with an {@link Epoll}; it stays the property of this. */
    public Descriptor descriptor() {
        return descriptor;
    }

    /** Makes the descriptor readable. Any thread; never blocks. */
    public void signal() {
        descriptor.write(one, 0, Long.BYTES);
    }

    /**
     * Makes the descriptor unreadable again. The loop's thread only.
     *
     * @return whether it had been signalled since the last time
     */
    public boolean drain() {
        return descriptor.read(drained, 0, Long.BYTES) > 0;
    }

    @Override
    public void close() {
        descriptor.close();
    }
}
