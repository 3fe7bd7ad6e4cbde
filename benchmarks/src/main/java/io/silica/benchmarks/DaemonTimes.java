// SPDX-License-Identifier: Apache-2.0
package io.silica.benchmarks;

import io.silica.ctl.daemon.MetricsSocket;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * How many calls of each method a daemon has answered so far, how long they took from their arrival
 * on, and how many took less than a millisecond: what it counts itself, without its client's share.
 */
public final class DaemonTimes {
    private final String exposition;

    DaemonTimes(String exposition) {
        this.exposition = exposition;
    }

    /** By what a daemon tells on its socket for metrics. */
    public static DaemonTimes now(Path metricsSocket) throws IOException {
        return new DaemonTimes(new MetricsSocket(metricsSocket).get("/metrics").body());
    }

    /**
     * The percentage within a millisecond of the calls since another moment.
     *
     * @param method such as {@code Task.Create}
     */
    public double percentWithinMillisecond(String method, DaemonTimes since) {
        double all = count(method) - since.count(method);
        double within = within(method) - since.within(method);
        return 100 * within / all;
    }

    /** How many there were since another moment. */
    public long calls(String method, DaemonTimes since) {
        return Math.round(count(method) - since.count(method));
    }

    /** How long those took together. */
    public Duration total(String method, DaemonTimes since) {
        double seconds = value("sum", method, "") - since.value("sum", method, "");
        return Duration.ofNanos(Math.round(1e9 * seconds));
    }

    private double count(String method) {
        return value("count", method, "");
    }

    private double within(String method) {
        return value("bucket", method, ",le=\"0\\.001\"");
    }

    private double value(String suffix, String method, String label) {
        int dot = method.indexOf('.');
        Matcher line =
                Pattern.compile(
                                "^silica_rpc_seconds_%s\\{method=\"%s\",service=\"[^\"]*\\.%s\"%s\\} (\\S+)$"
                                        .formatted(
                                                suffix,
                                                method.substring(dot + 1),
                                                method.substring(0, dot),
                                                label),
                                Pattern.MULTILINE)
                        .matcher(exposition);
        // A service is counted under each of its names.
        return line.results().mapToDouble(found -> Double.parseDouble(found.group(1))).sum();
    }
}
