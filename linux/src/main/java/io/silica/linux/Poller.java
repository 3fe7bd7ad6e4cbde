// SPDX-License-Identifier: Apache-2.0
package io.silica.linux;

import java.io.InputStream;
import java.io.OutputStream;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Waits for descriptors on behalf of any number of threads, with one platform thread of its own.
 *
 * <p>Whoever waits here waits in Java: it may be a virtual thread, and an interrupt ends the wait.
 * A wait holds a duplicate of the descriptor, so that nobody can pull the number from under it.
 */
public final class Poller implements AutoCloseable {
    private static final System.Logger LOG = System.getLogger(Poller.class.getName());
    private static final int BATCH = 64;
    private static final long WAKE = 0;

    private final Epoll epoll = Epoll.create(BATCH);
    private final EventFd wake = EventFd.create();
    private final Map<Long, Watch> watches = new ConcurrentHashMap<>();
    private final AtomicLong lastToken = new AtomicLong(WAKE);
    private final Thread thread;
    private final Object ending = new Object();
    private volatile boolean closed;

    private Poller(String name) {
        thread = Thread.ofPlatform().name(name).daemon().unstarted(this::run);
    }

    /** A new instance whose daemon thread has the given name. */
    public static Poller start(String name) {
        var poller = new Poller(name);
        poller.epoll.add(poller.wake.descriptor(), Epoll.READABLE, WAKE);
        poller.thread.start();
        return poller;
    }

    /**
     * Calls back once, when one of the events is so (it may be so already).
     *
     * @param events of the constants of {@link Epoll}
     * @param onReady runs on the poller's thread: it must not block
     * @return closing it takes the wish back; after the callback that does nothing
     * @throws LinuxException EPERM for files and directories, which are always ready
     */
    public Watch watch(Descriptor descriptor, int events, Runnable onReady) {
        return watch(descriptor, events, onReady, () -> {});
    }

    /**
     * The same for somebody who waits.
     *
     * @param onAbandoned is called instead if this is closed first
     */
    Watch watch(Descriptor descriptor, int events, Runnable onReady, Runnable onAbandoned) {
        var watch =
                new Watch(
                        lastToken.incrementAndGet(), descriptor.duplicate(), onReady, onAbandoned);
        watches.put(watch.token, watch);
        try {
            epoll.addOnce(watch.descriptor, events, watch.token);
            return watch;
        } catch (RuntimeException e) {
            watches.remove(watch.token);
            watch.descriptor.close();
            throw e;
        }
    }

    /**
     * Waits until one of the events is so.
     *
     * @return false if the time was up first
     * @throws InterruptedException also if this is closed meanwhile
     */
    public boolean await(Descriptor descriptor, int events, Duration timeout)
            throws InterruptedException {
        var ready = new CountDownLatch(1);
        try (var _ = watch(descriptor, events, ready::countDown, ready::countDown)) {
            boolean came = ready.await(timeout.toNanos(), TimeUnit.NANOSECONDS);
            if (closed) {
                throw new InterruptedException("the poller is closed");
            }
            return came;
        }
    }

    /**
     * A stream that ends a blocked read when its thread is interrupted (with an {@code
     * InterruptedIOException}; the stream stays usable) or when it is closed by another thread. A
     * FIFO that nobody has opened for writing yet is waited for: it is not at its end. The stream
     * owns the descriptor and makes it non-blocking. One thread reads at a time.
     */
    public InputStream inputStream(Descriptor descriptor) {
        return new DescriptorInputStream(descriptor, this);
    }

    /**
     * A stream with the same properties as {@link #inputStream}, for a write that finds no room.
     * Without a reader at the other end a write fails.
     */
    public OutputStream outputStream(Descriptor descriptor) {
        return new DescriptorOutputStream(descriptor, this);
    }

    boolean isClosed() {
        return closed;
    }

    private void run() {
        while (!closed) {
            int count = epoll.await(-1);
            for (int i = 0; i < count; i++) {
                dispatch(epoll.token(i));
            }
        }
        watches.values().forEach(Watch::abandon);
        synchronized (ending) {
            // Whoever has told us to end has woken us as well.
            wake.close();
        }
        epoll.close();
    }

    private void dispatch(long token) {
        if (token == WAKE) {
            wake.drain();
            return;
        }
        var watch = watches.get(token);
        if (watch != null && watch.end()) {
            try {
                watch.onReady.run();
            } catch (RuntimeException e) {
                LOG.log(System.Logger.Level.ERROR, "a callback of a descriptor threw", e);
            }
        }
    }

    /**
     * Ends the thread and waits for it, unless it is the caller. Who still waits is interrupted;
     * watches that are left are dropped without a call. Precondition: no new ones are begun.
     */
    @Override
    public void close() {
        synchronized (ending) {
            if (!closed) {
                closed = true;
                wake.signal();
            }
        }
        if (!Thread.currentThread().equals(thread)) {
            joinUninterruptibly();
        }
    }

    /** The thread is never blocked by anything but its epoll, so this is short. */
    private void joinUninterruptibly() {
        boolean interrupted = false;
        while (thread.isAlive()) {
            try {
                thread.join();
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    /** One wish to be called back. */
    public final class Watch implements AutoCloseable {
        private final long token;
        private final Descriptor descriptor;
        private final Runnable onReady;
        private final Runnable onAbandoned;

        private Watch(long token, Descriptor descriptor, Runnable onReady, Runnable onAbandoned) {
            this.token = token;
            this.descriptor = descriptor;
            this.onReady = onReady;
            this.onAbandoned = onAbandoned;
        }

        /** Whether it was this call that ended it. */
        private boolean end() {
            if (!watches.remove(token, this)) {
                return false;
            }
            // The duplicate shares its open file with the original: closing it would not
            // unregister.
            epoll.remove(descriptor);
            descriptor.close();
            return true;
        }

        private void abandon() {
            if (end()) {
                onAbandoned.run();
            }
        }

        /** Takes the wish back. A call that has begun is not waited for. */
        @Override
        public void close() {
            end();
        }
    }
}
