// SPDX-License-Identifier: Apache-2.0
package io.silica.benchmarks.wasm;

import io.silica.benchmarks.Machine;
import io.silica.server.contract.ControllerConnection;
import io.silica.server.contract.TaskConnection;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * Starts and kills Wasm containers beside few idle ones and beside many, and reads what those take.
 * Arguments: the directory in which {@code scripts/sandboxer-private} has started a wasm-sandboxer,
 * how many containers are timed, how many are idle in the end, and perhaps a file to which the
 * reports are appended.
 */
public final class WasmBenchmark {
    private static final int WARM_UPS = 200;
    private static final int CONTAINERS_OF_A_POD = 10;
    private static final int DEATHS = 20;

    private final Containers containers;
    private final ContainerTimes times;
    private final SandboxerMemory memory;
    private final int timed;

    private WasmBenchmark(
            Containers containers, ContainerTimes times, SandboxerMemory memory, int timed) {
        this.containers = containers;
        this.times = times;
        this.memory = memory;
        this.timed = timed;
    }

    public static void main(String[] arguments) throws IOException, InterruptedException {
        var machine = Machine.now();
        var directory = Path.of(arguments[0]);
        var times = new ContainerTimes(machine, WARM_UPS);
        var processes = new SandboxerProcesses(directory);
        var memory = new SandboxerMemory(machine, processes);
        Path bundles = Files.createDirectories(directory.resolve("bundles"));
        try (var controller = new ControllerConnection(directory.resolve("wasm-sandboxer.sock"));
                var tasks = new TaskConnection(directory.resolve("wasm/task.sock"));
                var containers = new Containers(controller, tasks, bundles)) {
            new WasmBenchmark(containers, times, memory, Integer.parseInt(arguments[1]))
                    .run(Integer.parseInt(arguments[2]), processes);
        }
        for (var report : List.of(times.report(), memory.report())) {
            report.print(System.out);
            if (arguments.length > 3) {
                report.append(Path.of(arguments[3]));
            }
        }
    }

    private void run(int idle, SandboxerProcesses processes)
            throws IOException, InterruptedException {
        String pod = containers.pod();
        containers.sleeper(pod);
        memory.add("1 pod, 1 container, just begun");
        for (int i = 0; i < WARM_UPS; i++) {
            var _ = containers.startToFirstByte(pod);
        }
        time(pod, 1);
        var few = memory.add("the same, after %,d others".formatted(WARM_UPS + 2 * timed));
        var pods = pods(idle / CONTAINERS_OF_A_POD);
        var empty = memory.add("%,d pods without containers more".formatted(pods.size()));
        memory.addDifference("pod", pods.size(), few, empty);
        fill(pods);
        var full = memory.add("%,d containers in them".formatted(idle));
        memory.addDifference("container", idle, empty, full);
        time(pod, idle + 1);
        var deaths = new ArrayList<Duration>();
        for (int i = 0; i < DEATHS; i++) {
            deaths.add(containers.deathToExit(pod, processes));
        }
        times.add("death of the worker to the answer of Wait", 0, deaths);
    }

    private void time(String pod, int idle) throws IOException, InterruptedException {
        var starts = new ArrayList<Duration>();
        var kills = new ArrayList<Duration>();
        for (int i = 0; i < timed; i++) {
            starts.add(containers.startToFirstByte(pod));
        }
        for (int i = 0; i < timed; i++) {
            kills.add(containers.killToExit(pod));
        }
        times.add("Task.Create to the first byte of output", idle, starts);
        times.add("Task.Kill of an endless loop to the answer of Wait", idle, kills);
    }

    private List<String> pods(int count) {
        var pods = new ArrayList<String>();
        for (int i = 0; i < count; i++) {
            pods.add(containers.pod());
        }
        return pods;
    }

    private void fill(List<String> pods) throws IOException {
        for (String pod : pods) {
            for (int i = 0; i < CONTAINERS_OF_A_POD; i++) {
                containers.sleeper(pod);
            }
        }
    }
}
