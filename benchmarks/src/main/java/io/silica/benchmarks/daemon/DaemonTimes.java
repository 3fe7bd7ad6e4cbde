// SPDX-License-Identifier: Apache-2.0
package io.silica.benchmarks.daemon;

import io.silica.ctl.daemon.MetricsSocket;
import java.io.IOException;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * How many calls of each method a daemon has answered so far, and how many of them within a
 * millisecond of their arrival: what it counts itself, without its client's share.
 */
final class DaemonTimes {
    private final String exposition;

    private DaemonTimes(String exposition) {
        this.exposition = exposition;
    }

    static DaemonTimes now(Path metricsSocket) throws IOException {
        return new DaemonTimes(new MetricsSocket(metricsSocket).get("/metrics").body());
    }

    /**
     * The percentage within a millisecond of the calls since another moment.
     *
     * @param method such as {@code Task.Create}
     */
    double percentWithinMillisecond(String method, DaemonTimes since) {
        double all = count(method) - since.count(method);
        double within = within(method) - since.within(method);
        return 100 * within / all;
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
