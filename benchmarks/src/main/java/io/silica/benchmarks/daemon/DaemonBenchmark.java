// SPDX-License-Identifier: Apache-2.0
package io.silica.benchmarks.daemon;

import io.silica.benchmarks.DaemonTimes;
import io.silica.benchmarks.Machine;
import io.silica.benchmarks.Percentiles;
import io.silica.benchmarks.Report;
import io.silica.server.contract.Bundle;
import io.silica.server.contract.ControllerConnection;
import io.silica.server.contract.TaskConnection;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Takes sandboxes with one container through their lives in a daemon whose kind is a fake, and
 * prints how long the calls of a start took as a client sees them. The daemon is a {@link
 * FakeDaemon} in a process of its own. Arguments: its empty directory, the number of lives, and
 * perhaps a file to which the report is appended.
 */
public final class DaemonBenchmark {
    private static final int WARM_UPS = 1000;
    private static final int KILL = 9;

    private final Path bundles;
    private final Path image;
    private final ControllerConnection daemon;
    private final TaskConnection tasks;
    private final Map<String, List<Duration>> times = new LinkedHashMap<>();

    private DaemonBenchmark(Path directory, ControllerConnection daemon, TaskConnection tasks)
            throws IOException {
        this.bundles = directory.resolve("bundles");
        this.image = Files.createDirectories(directory.resolve("image"));
        this.daemon = daemon;
        this.tasks = tasks;
    }

    public static void main(String[] arguments) throws IOException {
        var machine = Machine.now();
        var directory = Path.of(arguments[0]);
        try (var daemon = new ControllerConnection(FakeDaemon.controllerSocket(directory));
                var tasks = new TaskConnection(FakeDaemon.taskSocket(directory))) {
            var benchmark = new DaemonBenchmark(directory, daemon, tasks);
            benchmark.warmUp();
            var before = DaemonTimes.now(FakeDaemon.metricsSocket(directory));
            benchmark.run(Integer.parseInt(arguments[1]));
            var after = DaemonTimes.now(FakeDaemon.metricsSocket(directory));
            var report = benchmark.report(machine, before, after);
            report.print(System.out);
            if (arguments.length > 2) {
                report.append(Path.of(arguments[2]));
            }
        }
    }

    private void warmUp() throws IOException {
        for (int i = 0; i < WARM_UPS; i++) {
            live("warm-up-" + i);
        }
        times.clear();
    }

    private void run(int lives) throws IOException {
        for (int i = 0; i < lives; i++) {
            live("pod-" + i);
        }
    }

    private void live(String pod) throws IOException {
        String container = pod + "-container";
        var request =
                Bundle.create(bundles, image, pod, container, List.of("sleep")).request().build();
        timed("Controller.Create", () -> daemon.create(pod));
        timed("Controller.Start", () -> daemon.start(pod));
        timed("Controller.Status", () -> daemon.status(pod));
        timed("Task.Create", () -> tasks.create(request));
        timed("Task.Start", () -> tasks.start(container));
        timed("Task.State", () -> tasks.state(container));
        tasks.kill(container, KILL);
        tasks.await(container);
        tasks.delete(container);
        daemon.stop(pod);
        daemon.shutdown(pod);
    }

    private void timed(String method, Runnable call) {
        long begun = System.nanoTime();
        call.run();
        times.computeIfAbsent(method, _ -> new ArrayList<>())
                .add(Duration.ofNanos(System.nanoTime() - begun));
    }

    private Report report(Machine machine, DaemonTimes before, DaemonTimes after) {
        var report =
                new Report("Our share of a CRI call: a daemon whose kind is a fake")
                        .paragraph(machine.toString())
                        .paragraph(
                                """
                                p50 and p99 as a Java client in another process sees them on warm \
                                connections, milliseconds; the client's share of gRPC and ttrpc is \
                                in these. Within 1 ms: of the daemon's own time from the arrival \
                                of a call to its answer, with the records, the pod's files and \
                                mounts. Lives one after the other, after %d to warm up.\
                                """
                                        .formatted(WARM_UPS))
                        .table("method", "n", "p50", "p99", "daemon: within 1 ms");
        times.forEach((method, measured) ->
                report.row(row(method, measured, after.percentWithinMillisecond(method, before))));
        return report;
    }

    private static List<String> row(String method, List<Duration> measured, double within) {
        var percentiles = Percentiles.of(measured);
        return List.of(
                method,
                Integer.toString(measured.size()),
                Report.millis(percentiles.p50()),
                Report.millis(percentiles.p99()),
                "%.1f %%".formatted(within));
    }
}
