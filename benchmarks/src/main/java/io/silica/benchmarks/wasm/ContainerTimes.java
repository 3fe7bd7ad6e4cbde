// SPDX-License-Identifier: Apache-2.0
package io.silica.benchmarks.wasm;

import io.silica.benchmarks.Machine;
import io.silica.benchmarks.Percentiles;
import io.silica.benchmarks.Report;
import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** How long the same things took beside few idle containers and beside many. */
final class ContainerTimes {
    private final Report report;
    private final Map<String, Duration> beside = new HashMap<>();

    ContainerTimes(Machine machine, int warmUps) {
        this.report =
                new Report("Wasm containers, without containerd")
                        .paragraph(machine.toString())
                        .paragraph(
                                """
                                wasm-sandboxer as it is shipped, a Java client on its sockets; \
                                modules that the worker has compiled before, after %d to warm up; \
                                milliseconds; in brackets beside the row of its kind before.\
                                """
                                        .formatted(warmUps))
                        .table("time", "idle containers", "n", "p50", "p99", "max");
    }

    Report report() {
        return report;
    }

    void add(String title, int idle, Collection<Duration> times) {
        var percentiles = Percentiles.of(times);
        var p50 = percentiles.p50();
        var first = beside.computeIfAbsent(title, _ -> p50);
        report.row(
                List.of(
                        title,
                        Integer.toString(idle),
                        Integer.toString(times.size()),
                        "%s (%s)".formatted(Report.millis(p50), Report.ratio(p50, first)),
                        Report.millis(percentiles.p99()),
                        Report.millis(percentiles.max())));
    }
}
