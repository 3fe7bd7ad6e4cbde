// SPDX-License-Identifier: Apache-2.0
package io.silica.benchmarks.wasm;

import io.silica.benchmarks.Machine;
import io.silica.benchmarks.Percentiles;
import io.silica.benchmarks.Report;
import io.silica.examples.ExampleModules;
import io.silica.server.contract.ControllerConnection;
import io.silica.server.contract.TaskConnection;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * Has a module compute in a pod on Wasmtime, and the same module in the same library called
 * directly, by turns. Arguments: the directory in which {@code scripts/sandboxer-private} has
 * started a wasm-sandboxer with that engine, the program {@code direct.c}, how often, and perhaps a
 * file to which the report is appended.
 */
public final class ComputeBenchmark {
    private static final int WARM_UPS = 5;

    /** 64 MiB. */
    private static final String KIBIBYTES = "65536";

    private final List<Duration> direct = new ArrayList<>();
    private final List<Duration> interruptible = new ArrayList<>();
    private final List<Duration> inPod = new ArrayList<>();

    private ComputeBenchmark() {}

    public static void main(String[] arguments) throws IOException {
        var machine = Machine.now();
        var directory = Path.of(arguments[0]);
        Path bundles = Files.createDirectories(directory.resolve("bundles"));
        var benchmark = new ComputeBenchmark();
        try (var controller = new ControllerConnection(directory.resolve("wasm-sandboxer.sock"));
                var tasks = new TaskConnection(directory.resolve("wasm/task.sock"));
                var containers = new Containers(controller, tasks, bundles);
                var plain = DirectRuns.begin(command(arguments[1], "plain", directory));
                var checked = DirectRuns.begin(command(arguments[1], "interruptible", directory))) {
            benchmark.run(containers, plain, checked, Integer.parseInt(arguments[2]));
        }
        var report = benchmark.report(machine);
        report.print(System.out);
        if (arguments.length > 3) {
            report.append(Path.of(arguments[3]));
        }
    }

    private static List<String> command(String program, String how, Path directory)
            throws IOException {
        var module = directory.resolve("sha256.wasm");
        Files.write(module, ExampleModules.bytes("sha256"));
        return List.of(program, how, module.toString(), KIBIBYTES);
    }

    private void run(Containers containers, DirectRuns plain, DirectRuns checked, int times)
            throws IOException {
        String pod = containers.pod();
        for (int i = 0; i < WARM_UPS + times; i++) {
            var alone = plain.run();
            var stoppable = checked.run();
            var contained = containers.startToExit(pod, List.of("/sha256.wasm", KIBIBYTES));
            if (i >= WARM_UPS) {
                direct.add(alone);
                interruptible.add(stoppable);
                inPod.add(contained);
            }
        }
    }

    private Report report(Machine machine) {
        var report =
                new Report("SHA-256 of 64 MiB on Wasmtime")
                        .paragraph(machine.toString())
                        .paragraph(
                                """
                                The module of examples/src/main/wat/sha256.wat, by turns in the \
                                library called from C with its usual settings, a new instance \
                                each time; in the same with the checks by which a guest can be \
                                interrupted; and in a container of wasm-sandboxer as it is \
                                shipped, from the call of Task.Start to the answer of Wait; after %d to \
                                warm up; milliseconds; in brackets beside the first row.\
                                """
                                        .formatted(WARM_UPS))
                        .table("where", "n", "p50", "p99", "max");
        row(report, "called directly", direct);
        row(report, "called directly, interruptible", interruptible);
        row(report, "in a pod", inPod);
        return report;
    }

    private void row(Report report, String where, List<Duration> times) {
        var percentiles = Percentiles.of(times);
        var peer = Percentiles.of(direct);
        report.row(
                List.of(
                        where,
                        Integer.toString(times.size()),
                        beside(percentiles.p50(), peer.p50()),
                        beside(percentiles.p99(), peer.p99()),
                        beside(percentiles.max(), peer.max())));
    }

    private static String beside(Duration time, Duration peer) {
        return "%s (%s)".formatted(Report.millis(time), Report.ratio(time, peer));
    }
}
