// SPDX-License-Identifier: Apache-2.0
package io.silica.benchmarks.restart;

import io.silica.benchmarks.Machine;
import io.silica.benchmarks.MemoryUse;
import io.silica.benchmarks.Report;
import io.silica.supervisor.FakeDaemon;
import io.silica.supervisor.Supervised;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** What the supervisor takes, above a daemon and with many descriptors parked. */
final class SupervisorMemory {
    private static final int PARKED = 5000;

    private final Report report;

    SupervisorMemory(Machine machine) {
        this.report =
                new Report("The memory of silica-supervise")
                        .paragraph(machine.toString())
                        .paragraph(
                                """
                                As it is shipped; KiB, from smaps_rollup. Private is what would be \
                                free if it ended, clean and dirty.\
                                """)
                        .table("what it does", "private", "PSS", "RSS");
    }

    Report report() {
        return report;
    }

    void add(String situation, long pid) throws IOException {
        var use = MemoryUse.of(pid);
        report.row(
                List.of(
                        situation,
                        Long.toString(use.own()),
                        Long.toString(use.proportional()),
                        Long.toString(use.resident())));
    }

    /**
     * Runs one more, whose command parks as many descriptors as one in good use.
     *
     * @param program of the supervisor
     * @param socket where it is notified
     */
    void addParked(Path program, Path socket) throws IOException, InterruptedException {
        var command = new ArrayList<String>();
        command.addAll(List.of(program.toString(), "run", "--notify", socket.toString()));
        command.addAll(List.of("--store", Integer.toString(PARKED)));
        command.addAll(FakeDaemon.command());
        try (var supervised = Supervised.startAsItIs(Map.of(), command)) {
            supervised.tell("park d 0 " + PARKED);
            supervised.tell("barrier");
            supervised.awaitLine("done barrier");
            add("keeps %,d parked descriptors".formatted(PARKED), supervised.pid());
        }
    }
}
