// SPDX-License-Identifier: Apache-2.0
package io.silica.agent;

import java.time.Duration;
import java.util.function.LongSupplier;

/**
 * The sign of life of the host on the connection that there is. Nobody may tell the agent that a
 * connection is over: what carries it on the host goes on when a daemon is killed, and says nothing
 * of it if that had not read everything.
 */
final class Pulse {
    private static final Duration UNTIL_ATTACHED = Duration.ofSeconds(30);
    private static final int MISSED = 3;

    private final LongSupplier nanoClock;
    private volatile long longestNanos;
    private volatile long heardAt;

    /**
     * @param nanoClock counts nanoseconds, as {@link System#nanoTime} does
     */
    Pulse(LongSupplier nanoClock) {
        this.nanoClock = nanoClock;
    }

    /** There is another connection. */
    void connected() {
        longestNanos = UNTIL_ATTACHED.toNanos();
        heard();
    }

    /**
     * The host has attached.
     *
     * @param period how often it says something, at least; zero if it makes no such promise
     */
    void promised(Duration period) {
        longestNanos = period.isPositive() ? period.multipliedBy(MISSED).toNanos() : Long.MAX_VALUE;
    }

    /** Something has arrived. */
    void heard() {
        heardAt = nanoClock.getAsLong();
    }

    /** How long it may be silent from now on before it is given up; not positive if it is. */
    Duration left() {
        return Duration.ofNanos(longestNanos - (nanoClock.getAsLong() - heardAt));
    }
}
