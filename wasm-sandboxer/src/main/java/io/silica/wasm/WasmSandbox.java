// SPDX-License-Identifier: Apache-2.0
package io.silica.wasm;

import io.silica.proto.wasm.WasmContainer;
import io.silica.sandbox.Container;
import io.silica.sandbox.ContainerConfig;
import io.silica.sandbox.ContainerId;
import io.silica.sandbox.ContainerObserver;
import io.silica.sandbox.Exit;
import io.silica.sandbox.ExitStatus;
import io.silica.sandbox.PodResources;
import io.silica.sandbox.ProcessSpec;
import io.silica.sandbox.Sandbox;
import io.silica.sandbox.SandboxException;
import io.silica.sandbox.SandboxId;
import io.silica.sandbox.Signal;
import io.silica.sandbox.Statistics;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * A pod's share of the worker. It has no process of its own: the boundary is what a guest can
 * reach, so that a worker's death ends the containers and not the sandbox.
 */
final class WasmSandbox implements Sandbox {
    private final SandboxId id;
    private final Workers workers;
    private final HostCalls host;
    private final InstantSource clock;
    private final Exit exit = new Exit();
    private final Map<ContainerId, WasmProcess> processes = new ConcurrentHashMap<>();

    WasmSandbox(SandboxId id, Workers workers, HostCalls host, InstantSource clock) {
        this.id = id;
        this.workers = workers;
        this.host = host;
        this.clock = clock;
    }

    /** No process of the host stands for it: guests see no namespace. */
    @Override
    public int start() {
        return 0;
    }

    @Override
    public Exit exit() {
        return exit;
    }

    @Override
    public Container createContainer(ContainerConfig config, ContainerObserver observer) {
        if (config.spec().process().terminal()) {
            throw new SandboxException.Unsupported(
                    "container \"%s\" asks for a terminal: Wasm guests have none"
                            .formatted(config.id()));
        }
        try (var files = open(config)) {
            var worker = workers.get();
            var task = new TaskClient(worker, config.id());
            task.create(describe(config, files, worker.send(files.descriptors())));
            var process =
                    new WasmProcess(
                            config.id(), worker, task, clock, () -> processes.remove(config.id()));
            processes.put(config.id(), process);
            return new WasmGuest(config.id(), process);
        }
    }

    private ContainerFiles open(ContainerConfig config) {
        return host.call(
                "open the files of container \"%s\"".formatted(config.id()),
                () -> ContainerFiles.open(config),
                ContainerFiles::close);
    }

    private WasmContainer describe(ContainerConfig config, ContainerFiles files, long token) {
        var process = config.spec().process();
        return files.description()
                .setProtocolVersion(Worker.PROTOCOL_VERSION)
                .setDescriptorToken(token)
                .setSandboxId(id.value())
                .addAllArgs(process.args())
                .addAllEnv(process.env())
                .addAllEnv(workingDirectory(process))
                .setMemoryLimit(config.spec().resources().memoryLimitBytes())
                .build();
    }

    /** WASI has no working directory; Go's library, for one, takes it from here. */
    private static List<String> workingDirectory(ProcessSpec process) {
        return process.env().stream().anyMatch(variable -> variable.startsWith("PWD="))
                ? List.of()
                : List.of("PWD=" + process.cwd());
    }

    @Override
    public void stop() {
        processes.values().forEach(this::end);
        exit.complete(new ExitStatus(0, clock.instant()));
    }

    private void end(WasmProcess process) {
        try {
            if (process.exit().status().isEmpty()) {
                process.kill(Signal.KILL, true);
            }
            process.exit().await();
        } catch (SandboxException.NotFound _) {
            // It ended by itself, or its worker did.
            process.delete();
            return;
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
            throw new SandboxException.Cancelled(
                    "cannot stop sandbox \"%s\": interrupted".formatted(id));
        }
        process.delete();
    }

    /** The sum over the containers that it has now. */
    @Override
    public Statistics statistics() {
        var sum = Statistics.none(clock.instant());
        for (var process : processes.values()) {
            sum = sum(sum, process.statistics());
        }
        return sum;
    }

    private static Statistics sum(Statistics a, Statistics b) {
        return new Statistics(
                a.at(),
                a.cpuNanos() + b.cpuNanos(),
                a.memoryBytes() + b.memoryBytes(),
                0,
                a.memoryLimitBytes() + b.memoryLimitBytes(),
                a.processes() + b.processes(),
                a.oomKills() + b.oomKills());
    }

    /** A shared worker has no limit per pod to be changed; containers have theirs. */
    @Override
    public void update(PodResources resources) {}

    /** The worker knows its containers by the sandbox's id: nothing else is needed. */
    @Override
    public Map<String, String> identity() {
        return Map.of();
    }

    @Override
    public void close() {
        stop();
        host.close();
    }
}
