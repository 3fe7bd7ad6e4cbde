// SPDX-License-Identifier: Apache-2.0
package io.silica.agent.container;

import io.silica.linux.Children;
import io.silica.linux.Pidfd;
import io.silica.linux.Spawn;
import io.silica.sandbox.Exit;
import io.silica.sandbox.ExitStatus;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.Map;
import java.util.OptionalInt;
import java.util.concurrent.TimeUnit;

/**
 * Collects all children of this process: those that it starts, and orphans, which become children
 * of process 1. A pid is another's as soon as its status was collected, so everything that goes by
 * a pid happens under one lock with the collecting.
 */
public final class Reaper {
    /** How long a child that nobody started can stay a zombie, at most. */
    private static final long IDLE_MILLIS = 1000;

    private final InstantSource clock;
    private final Map<Integer, Exit> known = new HashMap<>();

    /** Ends of children that were not known, while somebody is about to know one. */
    private final Map<Integer, ExitStatus> strangers = new HashMap<>();

    private int windows;
    private long started;

    /** A child that was started here. */
    public record Started(int pid, Exit exit) {}

    public Reaper(InstantSource clock) {
        this.clock = clock;
    }

    /** Begins, on a daemon thread. */
    public void start() {
        Thread.ofPlatform().daemon().name("reaper").start(this::run);
    }

    /** Starts a program. */
    public synchronized Started spawn(Spawn program) {
        try (var child = program.start()) {
            return new Started(child.pid(), know(child.pid()));
        }
    }

    private Exit know(int pid) {
        var exit = new Exit();
        known.put(pid, exit);
        started++;
        notifyAll();
        return exit;
    }

    /** While it is open, the end of a child that is not known yet is kept for its {@code adopt}. */
    public synchronized Window expect() {
        windows++;
        return new Window();
    }

    /** See {@link #expect}. */
    public final class Window implements AutoCloseable {
        private boolean closed;

        private Window() {}

        /** Makes a child known that somebody else has started and left to us. */
        public Exit adopt(int pid) {
            synchronized (Reaper.this) {
                var ended = strangers.remove(pid);
                return ended == null ? know(pid) : Exit.of(ended);
            }
        }

        @Override
        public void close() {
            synchronized (Reaper.this) {
                if (!closed) {
                    closed = true;
                    windows--;
                    if (windows == 0) {
                        strangers.clear();
                    }
                }
            }
        }
    }

    /**
     * Sends a signal to a child that is known.
     *
     * @return false if it has ended
     */
    public synchronized boolean signal(int pid, int signal) {
        if (!known.containsKey(pid)) {
            return false;
        }
        try (var process = Pidfd.open(pid)) {
            return process.signal(signal);
        }
    }

    @SuppressWarnings("InfiniteLoopStatement")
    private void run() {
        while (true) {
            long before = started();
            var pid = Children.awaitExit();
            if (pid.isPresent()) {
                collect(pid);
            } else {
                awaitStart(before);
            }
        }
    }

    private synchronized long started() {
        return started;
    }

    /** Without children there is nothing to wait for but their first. */
    private synchronized void awaitStart(long before) {
        try {
            long end = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(IDLE_MILLIS);
            while (started == before && System.nanoTime() - end < 0) {
                wait(IDLE_MILLIS);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void collect(OptionalInt child) {
        int pid = child.getAsInt();
        Exit exit;
        ExitStatus status;
        synchronized (this) {
            var collected = Children.collect(pid);
            if (collected.isEmpty()) {
                return;
            }
            status = new ExitStatus(collected.get().code(), clock.instant());
            exit = known.remove(pid);
            if (exit == null && windows > 0) {
                strangers.put(pid, status);
            }
        }
        if (exit != null) {
            exit.complete(status);
        }
    }
}
