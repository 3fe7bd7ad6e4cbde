// SPDX-License-Identifier: Apache-2.0
package io.silica.benchmarks.wasm;

import io.silica.benchmarks.Machine;
import io.silica.benchmarks.MemoryUse;
import io.silica.benchmarks.Report;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** What the processes of a sandboxer take, at several moments. */
final class SandboxerMemory {
    private static final String RECORDED_PID = "pid=";

    private final Path directory;
    private final Report report;

    /** What the daemon and the worker have at a moment, in KiB of PSS. */
    record Reading(long daemon, long worker) {}

    /**
     * @param directory of {@code scripts/sandboxer-private}
     */
    SandboxerMemory(Machine machine, Path directory) {
        this.directory = directory;
        this.report =
                new Report("What Wasm pods and containers take")
                        .paragraph(machine.toString())
                        .paragraph(
                                """
                                As it is shipped; KiB of PSS, from smaps_rollup, without asking \
                                for a garbage collection. Containers sleep; ten in a pod.\
                                """)
                        .table("pods and containers", "daemon", "worker", "both");
    }

    Report report() {
        return report;
    }

    Reading add(String situation) throws IOException {
        var now = new Reading(use(daemon()), use(worker()));
        row(situation, now.daemon(), now.worker());
        return now;
    }

    /** What each of so many things more has added. */
    void addDifference(String thing, int count, Reading before, Reading after) {
        row(
                "each " + thing + " more",
                (after.daemon() - before.daemon()) / count,
                (after.worker() - before.worker()) / count);
    }

    private void row(String what, long daemon, long worker) {
        report.row(
                List.of(
                        what,
                        Long.toString(daemon),
                        Long.toString(worker),
                        Long.toString(daemon + worker)));
    }

    private static long use(long pid) throws IOException {
        return MemoryUse.of(pid).proportional();
    }

    private long daemon() throws IOException {
        return Long.parseLong(Files.readString(directory.resolve("wasm/lock")).strip());
    }

    private long worker() throws IOException {
        try (var lines = Files.lines(directory.resolve("wasm/worker/worker.record"))) {
            return lines.filter(line -> line.startsWith(RECORDED_PID))
                    .mapToLong(line -> Long.parseLong(line.substring(RECORDED_PID.length())))
                    .findFirst()
                    .orElseThrow();
        }
    }
}
