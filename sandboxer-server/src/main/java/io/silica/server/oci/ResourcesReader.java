// SPDX-License-Identifier: Apache-2.0
package io.silica.server.oci;

import io.silica.sandbox.Resources;
import java.math.BigInteger;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;

/** Reads the limits of the OCI runtime specification ({@code LinuxResources}). */
final class ResourcesReader {
    /** The kernel's default period, which counts where a quota has none. */
    private static final long DEFAULT_PERIOD_MICROS = 100_000;

    /** Bounds of quota and period (kernel, kernel/sched: min_bw, max_bw). */
    private static final long LEAST_MICROS = 1_000;

    private static final long GREATEST_PERIOD_MICROS = 1_000_000;

    /** The kernel takes more for as many (kernel/sched: MAX_SHARES). */
    private static final long GREATEST_SHARES = 262_144;

    /** The most CPUs that Linux can be built for. */
    private static final int CPUS = 8_192;

    private static final Pattern CPU_LIST =
            Pattern.compile("\\d{1,9}(?:-\\d{1,9})?(?:,\\d{1,9}(?:-\\d{1,9})?)*+");

    private static final Pattern CPU_RANGE = Pattern.compile("(\\d+)(?:-(\\d+))?");

    private ResourcesReader() {}

    static Resources read(Field resources) {
        long memory =
                resources
                        .optional("memory")
                        .flatMap(it -> it.optional("limit"))
                        .map(ResourcesReader::memory)
                        .orElse(0L);
        return resources
                .optional("cpu")
                .map(cpu -> withCpu(memory, cpu))
                .orElse(new Resources(memory, 0, 0, 0));
    }

    /** In bytes; -1 is how the specification says that there is none. */
    private static long memory(Field limit) {
        return Math.max(0, limit.between(-1, Long.MAX_VALUE));
    }

    private static Resources withCpu(long memory, Field cpu) {
        cpu.optional("cpus").ifPresent(ResourcesReader::requireCpus);
        long shares = cpu.optional("shares").map(ResourcesReader::shares).orElse(0L);
        long quota = cpu.optional("quota").map(ResourcesReader::quota).orElse(0L);
        long period =
                cpu.optional("period")
                        .map(it -> it.between(LEAST_MICROS, GREATEST_PERIOD_MICROS))
                        .orElse(quota > 0 ? DEFAULT_PERIOD_MICROS : 0);
        return new Resources(memory, shares, quota, period);
    }

    private static long shares(Field field) {
        return field.unsigned64().min(BigInteger.valueOf(GREATEST_SHARES)).longValueExact();
    }

    private static long quota(Field field) {
        long quota = field.between(-1, Long.MAX_VALUE / LEAST_MICROS);
        if (quota > 0 && quota < LEAST_MICROS) {
            throw field.problem("is below " + LEAST_MICROS + " microseconds");
        }
        return quota;
    }

    private static void requireCpus(Field field) {
        String cpus = field.text().strip();
        if (cpus.isEmpty()) {
            return;
        }
        if (!CPU_LIST.matcher(cpus).matches()) {
            throw field.problem("is not a list of CPUs such as 0-3,6");
        }
        if (!CPU_RANGE.matcher(cpus).results().allMatch(ResourcesReader::isRange)) {
            throw field.problem("names a CPU that no machine has, or a range that is empty");
        }
    }

    private static boolean isRange(MatchResult range) {
        int first = Integer.parseInt(range.group(1));
        int last = range.group(2) == null ? first : Integer.parseInt(range.group(2));
        return first <= last && last < CPUS;
    }
}
