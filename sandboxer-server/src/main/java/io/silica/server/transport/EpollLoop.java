// SPDX-License-Identifier: Apache-2.0
package io.silica.server.transport;

import io.silica.linux.Descriptor;
import io.silica.linux.Epoll;
import io.silica.linux.EventFd;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * A platform thread that waits for descriptors and runs what is asked of it. Everything but {@link
 * #execute} and {@link #awaitRoom} is for that thread.
 */
final class EpollLoop {
    private static final Logger LOGGER = System.getLogger(EpollLoop.class.getName());
    private static final int BATCH = 256;
    private static final int INCOMING = Epoll.READABLE | Epoll.PEER_CLOSED;
    private static final long WAKE = 0;
    private static final long PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(100);

    /** As long as a caller on the same machine takes to read an answer and ask again. */
    private static final long MOMENT_NANOS = TimeUnit.MICROSECONDS.toNanos(40);

    /** With one processor the caller could not run meanwhile. */
    private static final boolean STAYS_AWAKE = Runtime.getRuntime().availableProcessors() > 1;

    private final Epoll epoll = Epoll.create(BATCH);
    private final EventFd wake = EventFd.create();
    private final AtomicBoolean wakeSignalled = new AtomicBoolean();
    private final Queue<Runnable> tasks = new ConcurrentLinkedQueue<>();
    private final List<Runnable> retries = new ArrayList<>();
    private final Map<Long, Source> sources = new HashMap<>();
    private final Thread thread;
    private long retryAt;
    private long lastToken = WAKE;
    private boolean soon;
    private boolean stopped;
    private boolean ended;

    /** Something with a descriptor. */
    interface Source {
        Descriptor descriptor();

        /**
         * Something has happened to the descriptor.
         *
         * @param events of {@link Epoll}'s constants
         */
        void ready(int events);
    }

    EpollLoop(String name) {
        epoll.add(wake.descriptor(), Epoll.READABLE, WAKE);
        thread = Thread.ofPlatform().name(name).unstarted(this::run);
    }

    void start() {
        thread.start();
    }

    /**
     * Runs a task on the loop's thread, soon. Any thread; never blocks. After {@link #stop} the
     * task is dropped.
     */
    void execute(Runnable task) {
        tasks.add(task);
        if (!Thread.currentThread().equals(thread) && wakeSignalled.compareAndSet(false, true)) {
            signal();
        }
    }

    /**
     * Runs a task again after a pause, so that what cannot be done now does not burn the processor.
     */
    void retry(Runnable task) {
        if (retries.isEmpty()) {
            retryAt = System.nanoTime() + PAUSE_NANOS;
        }
        retries.add(task);
    }

    /** Waits, edge triggered, for what arrives at the source. Returns the token to remove it by. */
    long add(Source source) {
        long token = ++lastToken;
        epoll.add(source.descriptor(), INCOMING, token);
        sources.put(token, source);
        return token;
    }

    /**
     * Waits for room to send as well, or no longer. Not always: each answer that a peer takes would
     * wake the loop for nothing. Any thread; room that there is already is told of.
     */
    void awaitRoom(Source source, long token, boolean wanted) {
        epoll.modify(source.descriptor(), wanted ? INCOMING | Epoll.WRITABLE : INCOMING, token);
    }

    /** Forgets a source, before its descriptor is closed. */
    void remove(long token) {
        var source = sources.remove(token);
        if (source != null) {
            // A parked duplicate would keep the registration alive beyond our close.
            epoll.remove(source.descriptor());
        }
    }

    /** Ends the loop soon; tasks that are there already are still run. */
    void stop() {
        stopped = true;
    }

    /** Waits for the end of the thread; not on the thread itself. */
    void join() throws InterruptedException {
        thread.join();
    }

    private void run() {
        while (!stopped) {
            int events = await(timeoutMillis());
            for (int i = 0; i < events; i++) {
                dispatch(epoll.token(i), epoll.events(i));
            }
            runTasks();
            runRetries();
        }
        end();
        runTasks();
    }

    /**
     * Waits, and does not fall asleep for a moment if the last event came so soon after it did: a
     * caller who asks one thing after another pays for our sleep, which costs more than what is
     * asked. One moment in vain is the last, until an event comes as soon again.
     */
    private int await(int timeoutMillis) {
        if (soon && timeoutMillis != 0) {
            int events = stayAwake();
            if (events > 0 || !tasks.isEmpty()) {
                return events;
            }
        }
        long begun = System.nanoTime();
        int events = epoll.await(timeoutMillis);
        soon = STAYS_AWAKE && events > 0 && System.nanoTime() - begun < MOMENT_NANOS;
        return events;
    }

    private int stayAwake() {
        long begun = System.nanoTime();
        do {
            int events = epoll.await(0);
            if (events > 0) {
                return events;
            }
            Thread.onSpinWait();
        } while (System.nanoTime() - begun < MOMENT_NANOS && tasks.isEmpty());
        return 0;
    }

    private void end() {
        synchronized (wake) {
            ended = true;
            wake.close();
        }
        epoll.close();
    }

    private void signal() {
        synchronized (wake) {
            if (!ended) {
                wake.signal();
            }
        }
    }

    private int timeoutMillis() {
        if (!tasks.isEmpty()) {
            return 0;
        }
        if (retries.isEmpty()) {
            return -1;
        }
        long nanos = Math.max(0, retryAt - System.nanoTime());
        return (int) TimeUnit.NANOSECONDS.toMillis(nanos) + 1;
    }

    private void dispatch(long token, int events) {
        if (token == WAKE) {
            wake.drain();
            wakeSignalled.set(false);
            return;
        }
        var source = sources.get(token);
        if (source != null) {
            guarded(() -> source.ready(events));
        }
    }

    /**
     * The tasks that are there now; those that they add have to wait for the next look at the
     * descriptors.
     */
    private void runTasks() {
        for (int left = tasks.size(); left > 0; left--) {
            var task = tasks.poll();
            if (task == null) {
                return;
            }
            guarded(task);
        }
    }

    private void runRetries() {
        if (!retries.isEmpty() && System.nanoTime() - retryAt >= 0) {
            var due = List.copyOf(retries);
            retries.clear();
            due.forEach(EpollLoop::guarded);
        }
    }

    /** Whatever one source does wrong, the loop goes on for the others. */
    private static void guarded(Runnable task) {
        try {
            task.run();
        } catch (RuntimeException | Error e) {
            LOGGER.log(Level.ERROR, "a task of the transport's loop failed", e);
        }
    }
}
