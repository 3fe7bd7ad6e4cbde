// SPDX-License-Identifier: Apache-2.0
package io.silica.server.registry;

import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;

/**
 * Does in the background what a daemon that comes back still has to do, each job on a thread of its
 * own, so that one agent that does not answer holds up nobody. None begins before it is allowed: a
 * daemon answers from its records first, and needs the processors for that. A step that fails is
 * taken again after a pause that grows, until it succeeds, nobody wants it any more, or the daemon
 * ends.
 */
final class Recovery implements AutoCloseable {
    private static final Logger LOGGER = System.getLogger(Recovery.class.getName());
    private static final long FIRST_PAUSE_MILLIS = 50;
    private static final long LONGEST_PAUSE_MILLIS = 5_000;
    private static final Duration END_WITHIN = Duration.ofSeconds(5);

    /** A step may need a thread for calls that block: a thousand sandboxes do not at once. */
    static final int STEPS_AT_ONCE = 64;

    private final Semaphore places = new Semaphore(STEPS_AT_ONCE);
    private final CountDownLatch allowed = new CountDownLatch(1);
    private final ExecutorService threads =
            Executors.newThreadPerTaskExecutor(Thread.ofVirtual().name("recovery-", 0).factory());

    /**
     * A step of a job. It may be taken several times, and a part of it may have been done before.
     *
     * @param action what it does, for the log: {@code find sandbox "x"}
     * @param work does it; what it throws is taken for a reason that passes
     */
    record Step(String action, Runnable work) {}

    /** Lets jobs begin, those too that come later. */
    void allow() {
        allowed.countDown();
    }

    /**
     * Begins a job, once it is allowed.
     *
     * @param unwanted whether the rest of it need not be done any more
     * @param steps taken in this order, each until it succeeds
     */
    void begin(BooleanSupplier unwanted, List<Step> steps) {
        threads.execute(() -> {
            try {
                allowed.await();
                for (Step step : steps) {
                    take(step, unwanted);
                }
            } catch (InterruptedException _) {
                // The daemon ends. Its next life begins anew.
                Thread.currentThread().interrupt();
            }
        });
    }

    private void take(Step step, BooleanSupplier unwanted) throws InterruptedException {
        long pause = FIRST_PAUSE_MILLIS;
        for (boolean failed = false; !unwanted.getAsBoolean(); failed = true) {
            try {
                tryOnce(step);
                return;
            } catch (RuntimeException e) {
                // One line for the first time; a thousand would say no more.
                LOGGER.log(
                        failed ? Level.DEBUG : Level.WARNING,
                        "cannot " + step.action() + " yet; it is tried again",
                        e);
            }
            Thread.sleep(pause);
            pause = Math.min(2 * pause, LONGEST_PAUSE_MILLIS);
        }
    }

    private void tryOnce(Step step) throws InterruptedException {
        places.acquire();
        try {
            step.work().run();
        } finally {
            places.release();
        }
    }

    /** Ends every job where it is. */
    @Override
    public void close() {
        threads.shutdownNow();
        try {
            if (!threads.awaitTermination(END_WITHIN.toSeconds(), TimeUnit.SECONDS)) {
                LOGGER.log(Level.WARNING, "the recovery still goes on");
            }
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
    }
}
