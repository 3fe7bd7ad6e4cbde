// SPDX-License-Identifier: Apache-2.0
package io.silica.benchmarks.restart;

import io.silica.benchmarks.Machine;
import io.silica.benchmarks.Percentiles;
import io.silica.benchmarks.Report;
import io.silica.linux.Poller;
import io.silica.server.contract.ControllerConnection;
import io.silica.server.contract.TaskConnection;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
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

    private final SupervisedSandboxer sandboxer;
    private final Path programs;
    private final int kills;
    private final Report times;
    private final SupervisorMemory memory;

    private RestartBenchmark(Machine machine, String[] arguments) {
        this.sandboxer = new SupervisedSandboxer(Path.of(arguments[0]));
        this.programs = Path.of(arguments[1], "bin");
        this.kills = Integer.parseInt(arguments[2]);
        this.times = times(machine, kills);
        this.memory = new SupervisorMemory(machine);
    }

    public static void main(String[] arguments) throws IOException, InterruptedException {
        var benchmark = new RestartBenchmark(Machine.now(), arguments);
        benchmark.run(Integer.parseInt(arguments[3]));
        for (var report : List.of(benchmark.times, benchmark.memory.report())) {
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
                add(count, restarts(() -> new Restart(sandboxer, controller, tasks, poller)));
            }
            memory.add(
                    "has restarted one with %d pods %d times"
                            .formatted(pods, 2 * (kills + WARM_UPS)),
                    sandboxer.supervisor());
        }
        memory.addParked(
                programs.resolve("silica-supervise"), sandboxer.directory().resolve("parked.sock"));
    }

    private List<Map<Span, Duration>> restarts(Supplier<Restart> next)
            throws IOException, InterruptedException {
        var measured = new ArrayList<Map<Span, Duration>>();
        for (int i = -WARM_UPS; i < kills; i++) {
            var once = next.get().times(programs.resolve("wasm-sandboxer"));
            if (i >= 0) {
                measured.add(once);
            }
        }
        return measured;
    }

    private static Report times(Machine machine, int kills) {
        return new Report("A daemon that is killed, and the next one")
                .paragraph(machine.toString())
                .paragraph(
                        """
                        wasm-sandboxer as it is shipped, under silica-supervise; kill -9, %d times \
                        with each number of pods after %d to warm up; one running container; a \
                        Java client calls Task.State without a pause on the connection by which \
                        the container was made, from 100 ms before the kill to 200 ms after the next life answers, and \
                        Controller.Status when the connection of gRPC breaks. Milliseconds; in \
                        brackets beside the floor, which is run after each kill.\
                        """
                                .formatted(kills, WARM_UPS))
                .table("time", "pods", "n", "p50", "p99", "max");
    }

    private void add(int pods, List<Map<Span, Duration>> measured) {
        var percentiles = new EnumMap<Span, Percentiles>(Span.class);
        for (var span : Span.values()) {
            percentiles.put(
                    span,
                    Percentiles.of(
                            measured.stream()
                                    .map(once -> Objects.requireNonNull(once.get(span)))
                                    .toList()));
        }
        var floor = Objects.requireNonNull(percentiles.get(Span.FLOOR)).p50();
        percentiles.forEach((span, of) ->
                times.row(
                        List.of(
                                span.title(),
                                Integer.toString(pods),
                                Integer.toString(measured.size()),
                                beside(of.p50(), floor),
                                Report.millis(of.p99()),
                                Report.millis(of.max()))));
    }

    private static String beside(Duration time, Duration floor) {
        return "%s (%s)".formatted(Report.millis(time), Report.ratio(time, floor));
    }
}
