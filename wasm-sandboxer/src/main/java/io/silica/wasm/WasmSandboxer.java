// SPDX-License-Identifier: Apache-2.0
package io.silica.wasm;

import io.silica.linux.Poller;
import io.silica.proto.wasm.ListRequest;
import io.silica.proto.wasm.ListResponse;
import io.silica.proto.wasm.WorkerContainer;
import io.silica.sandbox.ContainerId;
import io.silica.sandbox.Sandbox;
import io.silica.sandbox.SandboxException;
import io.silica.sandbox.SandboxId;
import io.silica.sandbox.SandboxSpec;
import io.silica.sandbox.Sandboxer;
import io.silica.sandbox.Signal;
import io.silica.ttrpc.CallOptions;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Map;
import java.util.Optional;

/**
 * The kind {@code wasm}: pods share one worker on the node, which is started when the first
 * container is created.
 */
public final class WasmSandboxer implements Sandboxer {
    /** The kind's name. */
    public static final String KIND = "wasm";

    private static final CallOptions PATIENCE = CallOptions.timeout(Duration.ofSeconds(10));

    private final Workers workers;
    private final HostCalls.Factory host;
    private final InstantSource clock;
    private final Poller poller;

    /**
     * Starts nothing yet.
     *
     * @param command how a worker is started
     * @param directory where its sockets and its record are; made with mode 0700
     * @param host for calls that can block
     */
    public WasmSandboxer(
            WorkerCommand command, Path directory, HostCalls.Factory host, InstantSource clock) {
        this.poller = Poller.start("wasm-sandboxer-poller");
        this.workers = new Workers(command, new WorkerFiles(directory), poller);
        this.host = host;
        this.clock = clock;
    }

    @Override
    public String kind() {
        return KIND;
    }

    @Override
    public Sandbox create(SandboxSpec spec) {
        return sandbox(spec.id());
    }

    @Override
    public Optional<Sandbox> adopt(
            SandboxSpec spec, Map<String, String> identity, boolean started) {
        workers.existing().ifPresent(worker -> endContainers(worker, spec.id()));
        return Optional.of(sandbox(spec.id()));
    }

    private WasmSandbox sandbox(SandboxId id) {
        return new WasmSandbox(id, workers, host.of(id), clock);
    }

    private static void endContainers(Worker worker, SandboxId sandbox) {
        worker
                .call(
                        "silica.wasm.v1.Worker",
                        "List",
                        ListRequest.getDefaultInstance(),
                        ListResponse.parser(),
                        PATIENCE)
                .getContainersList()
                .stream()
                .filter(container -> container.getSandboxId().equals(sandbox.value()))
                .map(WorkerContainer::getId)
                .forEach(id -> end(new TaskClient(worker, new ContainerId(id))));
    }

    private static void end(TaskClient task) {
        try {
            task.kill(Signal.KILL);
        } catch (SandboxException.NotFound _) {
            // It has ended already; its status is what nobody collected.
        }
        task.await();
        task.delete();
    }

    @Override
    public void close() {
        workers.close();
        poller.close();
    }
}
