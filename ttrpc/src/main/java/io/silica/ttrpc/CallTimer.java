// SPDX-License-Identifier: Apache-2.0
package io.silica.ttrpc;

import java.util.concurrent.Future;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/**
 * Wakes calls at their deadlines. One for all connections of a server; its thread starts with the
 * first deadline.
 */
public final class CallTimer implements AutoCloseable {
    private final ScheduledThreadPoolExecutor executor =
            new ScheduledThreadPoolExecutor(
                    1,
                    Thread.ofVirtual().name("ttrpc-deadlines").factory(),
                    new ThreadPoolExecutor.DiscardPolicy());

    /** A timer without a thread yet. */
    public CallTimer() {
        executor.setRemoveOnCancelPolicy(true);
    }

    Future<?> schedule(Runnable task, long delayNanos) {
        return executor.schedule(task, delayNanos, TimeUnit.NANOSECONDS);
    }

    /** Deadlines no longer end calls. */
    @Override
    public void close() {
        executor.shutdownNow();
    }
}
