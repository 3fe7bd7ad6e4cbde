// SPDX-License-Identifier: Apache-2.0
package io.silica.benchmarks;

import java.time.Duration;
import java.util.Collection;
import java.util.List;

/**
 * The order statistics of measured times, by nearest rank: each is a time that was measured, and
 * the p99 of fewer than 100 times is the longest.
 */
public final class Percentiles {
    private final List<Duration> sorted;

    private Percentiles(List<Duration> sorted) {
        this.sorted = sorted;
    }

    /**
     * Takes the times, in any order.
     *
     * @throws IllegalArgumentException if there are none
     */
    public static Percentiles of(Collection<Duration> times) {
        if (times.isEmpty()) {
            throw new IllegalArgumentException("percentiles of no times");
        }
        return new Percentiles(times.stream().sorted().toList());
    }

    public Duration p50() {
        return rank(50);
    }

    public Duration p99() {
        return rank(99);
    }

    public Duration max() {
        return rank(100);
    }

    private Duration rank(int percent) {
        return sorted.get(Math.ceilDiv(sorted.size() * percent, 100) - 1);
    }
}
