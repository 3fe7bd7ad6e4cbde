// SPDX-License-Identifier: Apache-2.0
package io.silica.benchmarks.restart;

import io.silica.benchmarks.Machine;
import io.silica.benchmarks.Percentiles;
import io.silica.benchmarks.Report;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/** How long restarts took, and where the time went. */
final class RestartTimes {
    private final Report report;

    /**
     * @param kills with each number of pods
     * @param warmUps those before, which are not told of
     * @param kept how many kills there are for one life of the floor
     */
    RestartTimes(Machine machine, int kills, int warmUps, int kept) {
        this.report =
                new Report("A daemon that is killed, and the next one")
                        .paragraph(machine.toString())
                        .paragraph(
                                """
                                wasm-sandboxer as it is shipped, under silica-supervise; kill -9, \
                                %d times with each number of pods after %d to warm up, a fifth of \
                                that where the next life is only started; one running \
                                container. The next life waits for its turn (a standby), or is \
                                started when the one before has died. A Java client calls Task.State without a pause on the \
                                connection by which the container was made, from 100 ms before \
                                the kill to 200 ms after the next life has answered, and \
                                Controller.Status when the connection of gRPC breaks. \
                                Milliseconds; in brackets beside the floor, which is run after \
                                every %dth kill.\
                                """
                                        .formatted(kills, warmUps, kept))
                        .table("time", "next life", "pods", "n", "p50", "p99", "max");
    }

    Report report() {
        return report;
    }

    /**
     * Adds what was measured with so many pods.
     *
     * @param next where they went on
     * @param floor measured in between
     */
    void add(NextLife next, int pods, List<Map<Span, Duration>> restarts, List<Duration> floor) {
        var least = Percentiles.of(floor).p50();
        for (var span : Span.values()) {
            var times =
                    restarts.stream().map(once -> Objects.requireNonNull(once.get(span))).toList();
            add(span.title(), next.title(), pods, times, least);
        }
        add(Floor.TITLE, "", pods, floor, least);
    }

    private void add(String title, String next, int pods, List<Duration> times, Duration least) {
        var percentiles = Percentiles.of(times);
        var p50 = percentiles.p50();
        report.row(
                List.of(
                        title,
                        next,
                        Integer.toString(pods),
                        Integer.toString(times.size()),
                        "%s (%s)".formatted(Report.millis(p50), Report.ratio(p50, least)),
                        Report.millis(percentiles.p99()),
                        Report.millis(percentiles.max())));
    }
}
