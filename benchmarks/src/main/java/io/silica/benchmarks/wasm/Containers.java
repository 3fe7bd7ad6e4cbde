// SPDX-License-Identifier: Apache-2.0
package io.silica.benchmarks.wasm;

import io.silica.examples.ExampleModules;
import io.silica.server.contract.Bundle;
import io.silica.server.contract.ControllerConnection;
import io.silica.server.contract.TaskConnection;
import io.silica.ttrpc.StatusCode;
import io.silica.ttrpc.TtrpcException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** Makes pods and containers as containerd does, and ends them. */
final class Containers implements AutoCloseable {
    private static final String A_DAY_IN_MILLIS = "86400000";
    private static final int KILL = 9;

    private final ControllerConnection controller;
    private final TaskConnection tasks;
    private final Path directory;
    private final Path image;
    private final List<String> pods = new ArrayList<>();
    private final List<String> sleepers = new ArrayList<>();
    private int made;

    /**
     * @param directory for bundles, FIFOs and the image, which has all example modules
     */
    Containers(ControllerConnection controller, TaskConnection tasks, Path directory)
            throws IOException {
        this.controller = controller;
        this.tasks = tasks;
        this.directory = directory;
        this.image = Files.createDirectories(directory.resolve("image"));
        for (String module : ExampleModules.names()) {
            Files.write(image.resolve(module + ".wasm"), ExampleModules.bytes(module));
        }
    }

    /** Adds a pod; its name. */
    String pod() {
        String pod = "pod-" + pods.size();
        controller.create(pod);
        var _ = controller.start(pod);
        pods.add(pod);
        return pod;
    }

    /** Adds a container that sleeps until all are ended. */
    void sleeper(String pod) throws IOException {
        String name = name();
        create(Bundle.create(directory, image, pod, name, List.of("/sleep.wasm", A_DAY_IN_MILLIS)));
        var _ = tasks.start(name);
        sleepers.add(name);
    }

    /** From the call of Task.Create to the first byte of a container that says hello and ends. */
    Duration startToFirstByte(String pod) throws IOException, InterruptedException {
        String name = name();
        try (var output = FirstByte.at(directory.resolve(name + ".out"))) {
            var bundle =
                    Bundle.create(directory, image, pod, name, List.of("/hello.wasm"))
                            .stdout(output.fifo());
            long begun = System.nanoTime();
            create(bundle);
            var _ = tasks.start(name);
            var time = Duration.ofNanos(output.awaitNanos() - begun);
            var _ = tasks.await(name);
            var _ = tasks.delete(name);
            return time;
        }
    }

    /** From the call of Task.Start to the answer of a Wait, for a container that ends by itself. */
    Duration startToExit(String pod, List<String> command) throws IOException {
        String name = name();
        create(Bundle.create(directory, image, pod, name, command));
        long begun = System.nanoTime();
        var _ = tasks.start(name);
        int code = tasks.await(name).getExitStatus();
        var time = Duration.ofNanos(System.nanoTime() - begun);
        var _ = tasks.delete(name);
        if (code != 0) {
            throw new IOException("%s ended with %d".formatted(name, code));
        }
        return time;
    }

    /** From the call of Task.Kill with SIGKILL to the answer of a Wait, for an endless loop. */
    Duration killToExit(String pod) throws IOException {
        String name = name();
        create(Bundle.create(directory, image, pod, name, List.of("/spin.wasm")));
        var _ = tasks.start(name);
        long begun = System.nanoTime();
        tasks.kill(name, KILL);
        var _ = tasks.await(name);
        var time = Duration.ofNanos(System.nanoTime() - begun);
        var _ = tasks.delete(name);
        return time;
    }

    /** From the kill of the worker to the answer of a Wait, for a container in it. */
    Duration deathToExit(String pod, SandboxerProcesses processes) throws IOException {
        String name = name();
        create(Bundle.create(directory, image, pod, name, List.of("/spin.wasm")));
        var _ = tasks.start(name);
        var worker = ProcessHandle.of(processes.worker()).orElseThrow();
        long begun = System.nanoTime();
        worker.destroyForcibly();
        var _ = tasks.await(name);
        var time = Duration.ofNanos(System.nanoTime() - begun);
        var _ = tasks.delete(name);
        return time;
    }

    private void create(Bundle bundle) {
        var _ = tasks.create(bundle.request().build());
    }

    private String name() {
        return "container-" + made++;
    }

    /** Ends what sleeps, and removes the pods. */
    @Override
    public void close() {
        for (String name : sleepers) {
            killIfAlive(name);
            var _ = tasks.await(name);
            var _ = tasks.delete(name);
        }
        for (String pod : pods) {
            controller.stop(pod);
            controller.shutdown(pod);
        }
    }

    /** One whose worker was killed has ended with it. */
    private void killIfAlive(String name) {
        try {
            tasks.kill(name, KILL);
        } catch (TtrpcException e) {
            if (e.code() != StatusCode.NOT_FOUND) {
                throw e;
            }
        }
    }
}
