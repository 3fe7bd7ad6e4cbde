// SPDX-License-Identifier: Apache-2.0
package io.silica.sandbox;

import java.time.Instant;

/**
 * What a container or a sandbox has used.
 *
 * @param at when the sample was taken
 * @param cpuNanos CPU time since it began, in nanoseconds
 * @param memoryBytes memory in use, in bytes
 * @param inactiveFileBytes the part of it that is page cache not lately used, in bytes
 * @param memoryLimitBytes its limit, in bytes; 0 for none
 * @param processes how many processes it has
 * @param oomKills how often the out-of-memory killer ended something in it
 */
public record Statistics(
        Instant at,
        long cpuNanos,
        long memoryBytes,
        long inactiveFileBytes,
        long memoryLimitBytes,
        long processes,
        long oomKills) {
    /**
     * @throws IllegalArgumentException if a figure is negative
     */
    public Statistics {
        if (cpuNanos < 0
                || memoryBytes < 0
                || inactiveFileBytes < 0
                || memoryLimitBytes < 0
                || processes < 0
                || oomKills < 0) {
            throw new IllegalArgumentException("a figure is negative");
        }
    }

    /** A sample of something that uses nothing. */
    public static Statistics none(Instant at) {
        return new Statistics(at, 0, 0, 0, 0, 0, 0);
    }

    /** What both have used together, at the time of this one. */
    public Statistics plus(Statistics other) {
        return new Statistics(
                at,
                cpuNanos + other.cpuNanos,
                memoryBytes + other.memoryBytes,
                inactiveFileBytes + other.inactiveFileBytes,
                memoryLimitBytes + other.memoryLimitBytes,
                processes + other.processes,
                oomKills + other.oomKills);
    }
}
