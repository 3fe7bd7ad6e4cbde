// SPDX-License-Identifier: Apache-2.0
package io.silica.server.notify;

import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;

/**
 * Feeds the service manager's watchdog while the daemon says that it is alive. One that is not
 * alive is left to the service manager, which restarts it.
 */
public final class Watchdog implements AutoCloseable {
    private static final System.Logger LOG = System.getLogger(Watchdog.class.getName());

    private final BooleanSupplier alive;
    private final Runnable ping;
    private final CountDownLatch closed = new CountDownLatch(1);

    Watchdog(Optional<Duration> interval, BooleanSupplier alive, Runnable ping) {
        this.alive = alive;
        this.ping = ping;
        // A platform thread: it must run even when every carrier of virtual threads is stuck.
        interval.ifPresent(
                time -> Thread.ofPlatform().daemon().name("watchdog").start(() -> run(time)));
    }

    /** Ends the feeding; at most one more ping may be under way. */
    @Override
    public void close() {
        closed.countDown();
    }

    private void run(Duration interval) {
        try {
            boolean wasAlive = true;
            do {
                boolean isAlive = isAlive();
                if (isAlive) {
                    ping.run();
                } else if (wasAlive) {
                    LOG.log(
                            Level.ERROR,
                            "the daemon is not well: the watchdog gets nothing more until it is");
                }
                wasAlive = isAlive;
            } while (!closed.await(interval.toNanos(), TimeUnit.NANOSECONDS));
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
    }

    private boolean isAlive() {
        try {
            return alive.getAsBoolean();
        } catch (RuntimeException e) {
            LOG.log(Level.ERROR, "cannot tell whether the daemon is well", e);
            return false;
        }
    }
}
