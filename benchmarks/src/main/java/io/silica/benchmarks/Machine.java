// SPDX-License-Identifier: Apache-2.0
package io.silica.benchmarks;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;

/**
 * Where and when something is measured.
 *
 * @param loadAverage the kernel's, over 1, 5 and 15 minutes
 */
public record Machine(
        Instant time, int processors, String kernel, String java, String loadAverage) {

    /** This machine, as it is before a benchmark begins. */
    public static Machine now() throws IOException {
        var load = Files.readString(Path.of("/proc/loadavg")).split(" ", -1);
        return new Machine(
                Instant.now().truncatedTo(ChronoUnit.MINUTES),
                Runtime.getRuntime().availableProcessors(),
                System.getProperty("os.version"),
                Runtime.version().toString(),
                String.join(" ", load[0], load[1], load[2]));
    }

    @Override
    public String toString() {
        return "%s; %d processors, Linux %s, Java %s; load average at the beginning %s"
                .formatted(time, processors, kernel, java, loadAverage);
    }
}
