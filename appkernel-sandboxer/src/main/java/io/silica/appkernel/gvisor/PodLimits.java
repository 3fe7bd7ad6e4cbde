// SPDX-License-Identifier: Apache-2.0
package io.silica.appkernel.gvisor;

import io.silica.sandbox.PodResources;
import io.silica.sandbox.Resources;
import java.util.List;

/**
 * What a pod may use. A sentry has no limit for one of its containers, so where each of them has
 * one it is their sum that is enforced, in the pod's cgroup; a pod's own limit holds besides.
 *
 * @param pod what is asked for the pod as a whole
 * @param containers what is asked for each that has not ended
 */
record PodLimits(PodResources pod, List<Resources> containers) {
    /** What a sentry and its gofers may need, where the pod does not say. */
    static final long OVERHEAD_BYTES = 64L << 20;

    static final long PERIOD_MICROS = 100_000;

    /** The kernel refuses less in a period (sched-bwc), and more than 44 bits hold. */
    static final long LEAST_QUOTA_MICROS = 1_000;

    private static final long MOST_QUOTA_MICROS = 1L << 40;

    /** Limits such as nobody asks for: those that somebody may have set. */
    static final Resources UNKNOWN = new Resources(1, 0, 1, PERIOD_MICROS);

    PodLimits {
        containers = List.copyOf(containers);
    }

    /** What its cgroup has to hold, with 0 where there is no limit; shares are left as they are. */
    Resources effective() {
        long quota = least(quota(pod.total()), sumOfQuotas());
        return new Resources(
                least(pod.total().memoryLimitBytes(), sumOfMemory()),
                0,
                quota,
                quota == 0 ? 0 : PERIOD_MICROS);
    }

    private long sumOfMemory() {
        if (containers.isEmpty()
                || containers.stream().anyMatch(it -> it.memoryLimitBytes() == 0)) {
            return 0;
        }
        long overhead = pod.overhead().memoryLimitBytes();
        return containers.stream()
                .mapToLong(Resources::memoryLimitBytes)
                .reduce(overhead > 0 ? overhead : OVERHEAD_BYTES, PodLimits::sum);
    }

    private long sumOfQuotas() {
        if (containers.isEmpty() || containers.stream().anyMatch(it -> quota(it) == 0)) {
            return 0;
        }
        return Math.min(
                MOST_QUOTA_MICROS,
                containers.stream()
                        .mapToLong(PodLimits::quota)
                        .reduce(quota(pod.overhead()), PodLimits::sum));
    }

    /** In each period of ours, as near to it as the kernel takes it; 0 for none. */
    private static long quota(Resources resources) {
        return resources.cpuQuotaMicros() <= 0
                ? 0
                : Math.clamp(
                        Math.round(
                                (double) resources.cpuQuotaMicros()
                                        * PERIOD_MICROS
                                        / resources.cpuPeriodMicros()),
                        LEAST_QUOTA_MICROS,
                        MOST_QUOTA_MICROS);
    }

    /** Numbers that a stranger chose. */
    private static long sum(long a, long b) {
        return a > Long.MAX_VALUE - b ? Long.MAX_VALUE : a + b;
    }

    private static long least(long a, long b) {
        if (a == 0 || b == 0) {
            return a + b;
        }
        return Math.min(a, b);
    }
}
