// SPDX-License-Identifier: Apache-2.0
package io.silica.linux.cgroup;

import java.util.EnumSet;
import java.util.OptionalLong;
import java.util.Set;

/**
 * What a cgroup may use; what is empty is left as it is.
 *
 * @param cpuShares relative weight in the measure of version 1, 2 to 262144
 * @param cpuQuota CPU time per period, microseconds; -1 is without limit
 * @param cpuPeriod microseconds; 100000 where only a quota is given
 * @param memory bytes; -1 is without limit
 * @param pids processes and threads; -1 is without limit
 */
public record Limits(
        OptionalLong cpuShares,
        OptionalLong cpuQuota,
        OptionalLong cpuPeriod,
        OptionalLong memory,
        OptionalLong pids) {
    static final long MIN_SHARES = 2;
    static final long MAX_SHARES = 262_144;
    static final long DEFAULT_PERIOD = 100_000;

    /** Nothing is asked. */
    public static final Limits NONE =
            new Limits(
                    OptionalLong.empty(),
                    OptionalLong.empty(),
                    OptionalLong.empty(),
                    OptionalLong.empty(),
                    OptionalLong.empty());

    public Limits withCpuShares(long shares) {
        return new Limits(OptionalLong.of(shares), cpuQuota, cpuPeriod, memory, pids);
    }

    public Limits withCpuQuota(long quota, long period) {
        return new Limits(cpuShares, OptionalLong.of(quota), OptionalLong.of(period), memory, pids);
    }

    public Limits withMemory(long bytes) {
        return new Limits(cpuShares, cpuQuota, cpuPeriod, OptionalLong.of(bytes), pids);
    }

    public Limits withPids(long count) {
        return new Limits(cpuShares, cpuQuota, cpuPeriod, memory, OptionalLong.of(count));
    }

    /** The controllers that enforce what is asked. */
    public Set<Controller> controllers() {
        var controllers = EnumSet.noneOf(Controller.class);
        if (cpuShares.isPresent() || cpuQuota.isPresent() || cpuPeriod.isPresent()) {
            controllers.add(Controller.CPU);
        }
        if (memory.isPresent()) {
            controllers.add(Controller.MEMORY);
        }
        if (pids.isPresent()) {
            controllers.add(Controller.PIDS);
        }
        return controllers;
    }

    /**
     * The weight of version 2 (1 to 10000) that is as far along as the shares: the kubelet's and
     * runc's line.
     */
    static long weight(long shares) {
        long within = Math.clamp(shares, MIN_SHARES, MAX_SHARES);
        return 1 + (within - MIN_SHARES) * 9_999 / (MAX_SHARES - MIN_SHARES);
    }
}
