// SPDX-License-Identifier: Apache-2.0
package io.silica.server.host;

import java.util.concurrent.Executor;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/**
 * The platform threads on which native calls that can block are made. They belong to no sandbox, so
 * that a new one finds threads that are there already; how many of them a sandbox may have at a
 * time, {@link BlockingCalls} says. They begin when they are needed and end when they are idle:
 * there is nothing to close. Safe for use by any thread.
 */
public final class BlockingThreads {
    private static final long IDLE_SECONDS = 2;

    private final Executor threads =
            new ThreadPoolExecutor(
                    0,
                    Integer.MAX_VALUE,
                    IDLE_SECONDS,
                    TimeUnit.SECONDS,
                    new SynchronousQueue<>(),
                    Thread.ofPlatform().daemon().name("blocking-", 0).factory());

    /** Runs the work on a thread that is called after its owner while it does. */
    void execute(String owner, Runnable work) {
        threads.execute(() -> {
            Thread thread = Thread.currentThread();
            String idleName = thread.getName();
            thread.setName("blocking-" + owner);
            try {
                work.run();
            } finally {
                thread.setName(idleName);
            }
        });
    }
}
