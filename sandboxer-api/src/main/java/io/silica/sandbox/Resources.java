// SPDX-License-Identifier: Apache-2.0
package io.silica.sandbox;

/**
 * Limits and shares; 0 means that there is none.
 *
 * @param memoryLimitBytes most memory, in bytes
 * @param cpuShares relative weight against neighbours, as cgroup v1 counts it (1024 is one CPU)
 * @param cpuQuotaMicros CPU time in each period, in microseconds; -1 also means none
 * @param cpuPeriodMicros the period, in microseconds
 */
public record Resources(
        long memoryLimitBytes, long cpuShares, long cpuQuotaMicros, long cpuPeriodMicros) {
    /** Nothing limited. */
    public static final Resources UNLIMITED = new Resources(0, 0, 0, 0);

    /**
     * @throws SandboxException.InvalidArgument if a value is negative or the period is missing
     */
    public Resources {
        if (memoryLimitBytes < 0) {
            throw new SandboxException.InvalidArgument(
                    "memory limit of " + memoryLimitBytes + " bytes is negative");
        }
        if (cpuShares < 0) {
            throw new SandboxException.InvalidArgument("CPU shares " + cpuShares + " are negative");
        }
        if (cpuQuotaMicros < -1 || cpuPeriodMicros < 0) {
            throw new SandboxException.InvalidArgument(
                    "CPU quota %d in a period of %d microseconds makes no sense"
                            .formatted(cpuQuotaMicros, cpuPeriodMicros));
        }
        if (cpuQuotaMicros > 0 && cpuPeriodMicros == 0) {
            throw new SandboxException.InvalidArgument(
                    "CPU quota " + cpuQuotaMicros + " has no period");
        }
    }

    /** The sum, where a side without a limit makes a sum without a limit. */
    public Resources plus(Resources other) {
        return new Resources(
                limited(memoryLimitBytes, other.memoryLimitBytes),
                cpuShares + other.cpuShares,
                cpuQuotaMicros > 0 && cpuPeriodMicros == other.cpuPeriodMicros
                        ? limited(cpuQuotaMicros, Math.max(0, other.cpuQuotaMicros))
                        : cpuQuotaMicros,
                cpuPeriodMicros);
    }

    private static long limited(long a, long b) {
        return a == 0 ? 0 : a + b;
    }
}
