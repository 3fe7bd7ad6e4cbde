// SPDX-License-Identifier: Apache-2.0
package io.silica.benchmarks.wasm;

import io.silica.benchmarks.Percentiles;
import io.silica.benchmarks.Report;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** One module that computes by turns in three places, and how long it takes in each. */
final class ComputeTurns implements AutoCloseable {
    private final ComputedModule module;
    private final DirectRuns plain;
    private final DirectRuns checked;
    private final List<Duration> direct = new ArrayList<>();
    private final List<Duration> interruptible = new ArrayList<>();
    private final List<Duration> inPod = new ArrayList<>();

    /** Owns both programs from now on. */
    ComputeTurns(ComputedModule module, DirectRuns plain, DirectRuns checked) {
        this.module = module;
        this.plain = plain;
        this.checked = checked;
    }

    void run(Containers containers, String pod, int warmUps, int times) throws IOException {
        for (int i = 0; i < warmUps + times; i++) {
            var alone = plain.run();
            var stoppable = checked.run();
            var contained = containers.startToExit(pod, module.command());
            if (i >= warmUps) {
                direct.add(alone);
                interruptible.add(stoppable);
                inPod.add(contained);
            }
        }
    }

    /** Adds a row for each place. */
    void add(Report report) {
        row(report, "called directly", direct);
        row(report, "called directly, interruptible", interruptible);
        row(report, "in a pod", inPod);
    }

    private void row(Report report, String where, List<Duration> times) {
        var percentiles = Percentiles.of(times);
        var peer = Percentiles.of(direct);
        report.row(
                List.of(
                        module.title() + ": " + where,
                        Integer.toString(times.size()),
                        beside(percentiles.p50(), peer.p50()),
                        beside(percentiles.p99(), peer.p99()),
                        beside(percentiles.max(), peer.max())));
    }

    private static String beside(Duration time, Duration peer) {
        return "%s (%s)".formatted(Report.millis(time), Report.ratio(time, peer));
    }

    @Override
    public void close() throws IOException {
        try (plain;
                checked) {
            // Each has its own end.
        }
    }
}
