// SPDX-License-Identifier: Apache-2.0
package io.silica.benchmarks.restart;

import io.silica.benchmarks.Machine;
import io.silica.linux.Poller;
import io.silica.server.contract.ControllerConnection;
import io.silica.server.contract.TaskConnection;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;

/**
 * Kills a daemon that its supervisor starts again, with one pod and with many, and prints how long
 * its clients waited and where the time went; and what the supervisor takes. Arguments: the
 * directory in which {@code scripts/sandboxer-private} has started both, that of the distribution,
 * how many kills, how many pods, and perhaps a file to which the reports are appended.
 */
public final class RestartBenchmark {
    /** So that this client is compiled, and nothing is the first of its kind. */
    private static final int WARM_UPS = 3;

    private static final int KILLS_FOR_A_FLOOR = 4;
    private static final int FEWER = 5;

    private final SupervisedSandboxer sandboxer;
    private final Path programs;
    private final int kills;
    private final RestartTimes times;
    private final SupervisorMemory memory;

    private RestartBenchmark(Machine machine, String[] arguments) {
        this.sandboxer = new SupervisedSandboxer(Path.of(arguments[0]));
        this.programs = Path.of(arguments[1], "bin");
        this.kills = Integer.parseInt(arguments[2]);
        this.times = new RestartTimes(machine, kills, WARM_UPS, KILLS_FOR_A_FLOOR);
        this.memory = new SupervisorMemory(machine);
    }

    public static void main(String[] arguments) throws IOException, InterruptedException {
        var benchmark = new RestartBenchmark(Machine.now(), arguments);
        benchmark.run(Integer.parseInt(arguments[3]));
        for (var report : List.of(benchmark.times.report(), benchmark.memory.report())) {
            report.print(System.out);
            if (arguments.length > 4) {
                report.append(Path.of(arguments[4]));
            }
        }
    }

    private void run(int pods) throws IOException, InterruptedException {
        memory.add("runs a daemon without pods", sandboxer.supervisor());
        Path bundles = Files.createDirectories(sandboxer.directory().resolve("bundles"));
        try (var poller = Poller.start("restart-benchmark");
                var controller = new ControllerConnection(sandboxer.controllerSocket());
                var tasks = new TaskConnection(sandboxer.taskSocket());
                var all = new Pods(controller, tasks, bundles)) {
            for (int count : List.of(1, pods)) {
                all.grow(count);
                for (var next : NextLife.values()) {
                    kill(
                            next,
                            count,
                            () -> new Restart(sandboxer, next, controller, tasks, poller));
                }
            }
            memory.add(
                    "(not the supervisor, but a standby that waits)",
                    sandboxer.awaitStandby().pid());
            memory.add(
                    "has restarted one with %d pods %d times".formatted(pods, restarts()),
                    sandboxer.supervisor());
        }
        memory.addParked(
                programs.resolve("silica-supervise"), sandboxer.directory().resolve("parked.sock"));
    }

    private void kill(NextLife how, int pods, Supplier<Restart> next)
            throws IOException, InterruptedException {
        var restarts = new ArrayList<Map<Span, Duration>>();
        var floor = new Floor(programs.resolve("wasm-sandboxer"));
        for (int i = 0; i < WARM_UPS; i++) {
            var _ = next.get().times();
        }
        for (int i = 0; i < kills(how); i++) {
            restarts.add(next.get().times());
            if (i % KILLS_FOR_A_FLOOR == 0) {
                floor.live();
            }
        }
        times.add(how, pods, restarts, floor.times());
    }

    /** How it is shipped is what there is a figure for, of so many kills; the other is compared. */
    private int kills(NextLife how) {
        return how == NextLife.WAITS ? kills : Math.ceilDiv(kills, FEWER);
    }

    private int restarts() {
        return 2 * (kills(NextLife.WAITS) + kills(NextLife.STARTS) + 2 * WARM_UPS);
    }
}
