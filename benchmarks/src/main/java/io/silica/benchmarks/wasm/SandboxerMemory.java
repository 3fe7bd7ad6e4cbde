// SPDX-License-Identifier: Apache-2.0
package io.silica.benchmarks.wasm;

import io.silica.benchmarks.Machine;
import io.silica.benchmarks.MemoryUse;
import io.silica.benchmarks.Report;
import java.io.IOException;
import java.util.List;

/** What the processes of a sandboxer take, at several moments. */
final class SandboxerMemory {
    private final SandboxerProcesses processes;
    private final Report report;

    /** What the daemon and the worker have at a moment, in KiB of PSS. */
    record Reading(long daemon, long worker) {}

    SandboxerMemory(Machine machine, SandboxerProcesses processes) {
        this.processes = processes;
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
        var now = new Reading(use(processes.daemon()), use(processes.worker()));
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
}
