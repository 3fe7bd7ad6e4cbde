// SPDX-License-Identifier: Apache-2.0
package io.silica.benchmarks.cri;

import io.silica.benchmarks.DaemonTimes;
import io.silica.benchmarks.Machine;
import io.silica.benchmarks.Report;
import java.time.Duration;
import java.util.List;
import java.util.Locale;

/** What our daemon has of the life of one pod more: the rest is containerd's, and the client's. */
final class OwnPart {
    /** That end by themselves. A Wait is open for as long as a container runs. */
    private static final List<String> METHODS =
            List.of(
                    "Controller.Create",
                    "Controller.Start",
                    "Controller.Status",
                    "Controller.Platform",
                    "Task.Create",
                    "Task.Connect",
                    "Task.Start",
                    "Task.State",
                    "Task.Delete",
                    "Controller.Stop",
                    "Controller.Shutdown");

    private final Report report;
    private final int lives;

    /**
     * From one moment to another.
     *
     * @param begin what the daemon had counted then
     * @param end and then
     */
    record Span(DaemonTimes begin, DaemonTimes end) {
        private long calls(String method) {
            return end.calls(method, begin);
        }

        private Duration total(String method) {
            return end.total(method, begin);
        }

        private Duration mean(String method) {
            return total(method).dividedBy(calls(method));
        }

        private Duration total() {
            return METHODS.stream().map(this::total).reduce(Duration.ZERO, Duration::plus);
        }
    }

    /**
     * @param lives how many pods there were in each span
     */
    OwnPart(Machine machine, int lives) {
        this.lives = lives;
        this.report =
                new Report("Our own part of one pod more")
                        .paragraph(machine.toString())
                        .paragraph(
                                """
                                The same pods as in the table before, as the daemon itself counts: \
                                from the arrival of a call to its answer, the worker's part \
                                included; the mean, milliseconds. What grows with the pods \
                                there and not here is containerd's.\
                                """);
    }

    Report report() {
        return report;
    }

    /** Compares both. */
    void add(int many, Span few, Span beside) {
        report.table("call", "of a pod", "beside 1", "beside " + many, "ratio");
        for (var method : METHODS) {
            if (few.calls(method) > 0 && beside.calls(method) > 0) {
                row(
                        method,
                        String.format(Locale.ROOT, "%.1f", (double) beside.calls(method) / lives),
                        few.mean(method),
                        beside.mean(method));
            }
        }
        row(
                "all of them together, a pod",
                "",
                few.total().dividedBy(lives),
                beside.total().dividedBy(lives));
    }

    private void row(String what, String count, Duration few, Duration beside) {
        report.row(
                List.of(
                        what,
                        count,
                        Report.millis(few),
                        Report.millis(beside),
                        Report.ratio(beside, few)));
    }
}
