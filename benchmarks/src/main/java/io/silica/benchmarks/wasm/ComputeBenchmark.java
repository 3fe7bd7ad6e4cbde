// SPDX-License-Identifier: Apache-2.0
package io.silica.benchmarks.wasm;

import io.silica.benchmarks.Machine;
import io.silica.benchmarks.Report;
import io.silica.server.contract.ControllerConnection;
import io.silica.server.contract.TaskConnection;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Has modules compute in a pod on Wasmtime, and the same modules in the same library called
 * directly, by turns. Arguments: the directory in which {@code scripts/sandboxer-private} has
 * started a wasm-sandboxer with that engine, the program {@code direct.c}, how often, and perhaps a
 * file to which the report is appended.
 */
public final class ComputeBenchmark {
    private static final int WARM_UPS = 5;

    private ComputeBenchmark() {}

    public static void main(String[] arguments) throws IOException {
        var report = report(Machine.now());
        var directory = Path.of(arguments[0]);
        Path bundles = Files.createDirectories(directory.resolve("bundles"));
        try (var controller = new ControllerConnection(directory.resolve("wasm-sandboxer.sock"));
                var tasks = new TaskConnection(directory.resolve("wasm/task.sock"));
                var containers = new Containers(controller, tasks, bundles)) {
            String pod = containers.pod();
            for (var module : ComputedModule.values()) {
                try (var turns = module.begin(arguments[1], directory)) {
                    turns.run(containers, pod, WARM_UPS, Integer.parseInt(arguments[2]));
                    turns.add(report);
                }
            }
        }
        report.print(System.out);
        if (arguments.length > 3) {
            report.append(Path.of(arguments[3]));
        }
    }

    private static Report report(Machine machine) {
        return new Report("SHA-256 of 64 MiB on Wasmtime")
                .paragraph(machine.toString())
                .paragraph(
                        """
                        Modules of examples/src/main/wat, by turns in the library called from C \
                        with its usual settings, a new instance each time; in the same with the \
                        checks by which a guest can be interrupted, one for each turn of a loop \
                        and each call of a function; and in a container of wasm-sandboxer as it \
                        is shipped, from the call of Task.Start to the answer of Wait; after %d \
                        to warm up; milliseconds; in brackets beside the first row of the \
                        module.\
                        """
                                .formatted(WARM_UPS))
                .table("where", "n", "p50", "p99", "max");
    }
}
