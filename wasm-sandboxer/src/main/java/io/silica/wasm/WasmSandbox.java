// SPDX-License-Identifier: Apache-2.0
package io.silica.wasm;

import io.silica.proto.wasm.WasmContainer;
import io.silica.proto.wasm.WorkerContainer;
import io.silica.sandbox.AdoptedContainer;
import io.silica.sandbox.Container;
import io.silica.sandbox.ContainerConfig;
import io.silica.sandbox.ContainerId;
import io.silica.sandbox.ContainerObserver;
import io.silica.sandbox.Exit;
import io.silica.sandbox.ExitStatus;
import io.silica.sandbox.FormerContainer;
import io.silica.sandbox.HostCalls;
import io.silica.sandbox.PodResources;
import io.silica.sandbox.ProcessState;
import io.silica.sandbox.Sandbox;
import io.silica.sandbox.SandboxException;
import io.silica.sandbox.SandboxId;
import io.silica.sandbox.Signal;
import io.silica.sandbox.Statistics;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;

/**
 * A pod's share of the workers. None of them stands for it, not even one of its own: the boundary
 * is what a guest can reach, so that a worker's death ends the containers and not the sandbox.
 */
final class WasmSandbox implements Sandbox {
    /** What is written down of it under this name is its {@link Isolation}. */
    static final String ISOLATION = "isolation";

    /** And under this one the name of its {@link Engine}. */
    static final String ENGINE = "engine";

    private final SandboxId id;
    private final PodWorkers workers;
    private final Optional<PodModules> modules;
    private final PodSockets sockets;
    private final HostCalls host;
    private final InstantSource clock;
    private final Exit exit = new Exit();
    private final Map<ContainerId, WasmProcess> processes = new ConcurrentHashMap<>();

    /** Whether a worker may have containers of it that are not in {@link #processes}. */
    private volatile boolean former;

    /**
     * @param modules where its workers get theirs compiled; empty if they compile themselves
     * @param former whether an earlier life of the daemon made it
     */
    WasmSandbox(
            SandboxId id,
            PodWorkers workers,
            Optional<PodModules> modules,
            PodSockets sockets,
            HostCalls host,
            InstantSource clock,
            boolean former) {
        this.id = id;
        this.workers = workers;
        this.modules = modules;
        this.sockets = sockets;
        this.host = host;
        this.clock = clock;
        this.former = former;
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
        var wishes = Annotations.of(config);
        try (var files = open(config, wishes)) {
            var worker = created(config, wishes, files);
            var task = new TaskClient(worker, config.id());
            return guest(config.id(), worker, task, Optional.empty(), observer);
        }
    }

    /** In a worker that has its module compiled, or is given it so. */
    private Worker created(ContainerConfig config, Annotations wishes, ContainerFiles files) {
        var worker = workers.get(config, wishes.protocol());
        if (isCreated(worker, config, wishes, files)) {
            return worker;
        }
        var compiler = modules.orElseThrow();
        files.compiled(compiler.compiled(config.id(), files.module(), false));
        if (isCreated(worker, config, wishes, files)) {
            return worker;
        }
        if (!compiler.isFor(worker)) {
            // It runs a library that has been replaced since.
            worker.retire();
            worker = workers.get(config, wishes.protocol());
            if (isCreated(worker, config, wishes, files)) {
                return worker;
            }
        }
        // What is on disk may be of other settings than those of this release.
        files.compiled(compiler.compiled(config.id(), files.module(), true));
        if (isCreated(worker, config, wishes, files)) {
            return worker;
        }
        throw new SandboxException.InvalidArgument(
                "the module of container \"%s\" can't be run: its worker does not take it as it is compiled here"
                        .formatted(config.id()));
    }

    /** False if the worker has not the module in a form that it can use. */
    private boolean isCreated(
            Worker worker, ContainerConfig config, Annotations wishes, ContainerFiles files) {
        try {
            create(worker, config, wishes, files);
            return true;
        } catch (SandboxException.NotFound e) {
            if (modules.isEmpty()) {
                throw e;
            }
            return false;
        }
    }

    /** An id that is taken is so by the creation of a daemon that died, which came late. */
    private void create(
            Worker worker, ContainerConfig config, Annotations wishes, ContainerFiles files) {
        var task = new TaskClient(worker, config.id());
        try {
            task.create(describe(config, wishes, files, worker));
        } catch (SandboxException.AlreadyExists _) {
            task.discard();
            task.create(describe(config, wishes, files, worker));
        }
    }

    private WasmGuest guest(
            ContainerId container,
            Worker worker,
            TaskClient task,
            Optional<ExitStatus> exit,
            ContainerObserver observer) {
        var process =
                new WasmProcess(
                        container,
                        worker,
                        task,
                        clock,
                        exit,
                        observer,
                        () -> processes.remove(container));
        processes.put(container, process);
        return new WasmGuest(
                container, process, limits -> workers.check(container, worker, limits));
    }

    /** With a worker all that it had are gone. */
    @Override
    public List<AdoptedContainer> adoptContainers(List<FormerContainer> wanted) {
        var found =
                workers.existing().stream()
                        .flatMap(worker -> adopted(worker, wanted).stream())
                        .toList();
        former = false;
        return found;
    }

    private List<AdoptedContainer> adopted(Worker worker, List<FormerContainer> wanted) {
        var observers =
                wanted.stream()
                        .collect(
                                Collectors.toMap(it -> it.id().value(), FormerContainer::observer));
        var guests = new WorkerGuests(worker);
        var adopted = new ArrayList<AdoptedContainer>();
        for (var guest : guests.of(id)) {
            var observer = observers.get(guest.getId());
            if (observer == null) {
                guests.discard(guest);
            } else {
                adopted.add(adopted(worker, guest, observer));
            }
        }
        return adopted;
    }

    private AdoptedContainer adopted(
            Worker worker, WorkerContainer found, ContainerObserver observer) {
        var container = new ContainerId(found.getId());
        var state = WorkerGuests.state(found);
        var exit =
                state instanceof ProcessState.Stopped(ExitStatus status)
                        ? Optional.of(status)
                        : Optional.<ExitStatus>empty();
        var guest = guest(container, worker, new TaskClient(worker, container), exit, observer);
        return new AdoptedContainer(container, guest, state, Map.of());
    }

    /** A port that is taken may be so by the creation of a daemon that died, which came late. */
    private ContainerFiles open(ContainerConfig config, Annotations wishes) {
        try {
            return openOnce(config, wishes);
        } catch (SandboxException.WrongState _) {
            workers.existing().forEach(worker -> new TaskClient(worker, config.id()).discard());
            return openOnce(config, wishes);
        }
    }

    private ContainerFiles openOnce(ContainerConfig config, Annotations wishes) {
        return host.call(
                "open the files of container \"%s\"".formatted(config.id()),
                () ->
                        ContainerFiles.open(
                                config, () -> sockets.listen(config.id(), wishes.ports())),
                ContainerFiles::close);
    }

    private WasmContainer describe(
            ContainerConfig config, Annotations wishes, ContainerFiles files, Worker worker) {
        var process = config.spec().process();
        var resources = config.spec().resources();
        return files.description()
                .setProtocolVersion(worker.protocol().orElseThrow())
                .setDescriptorToken(worker.send(files.descriptors()))
                .setSandboxId(id.value())
                .setEngine(workers.engine().handler())
                .setBringsCompiled(modules.isPresent())
                .addAllArgs(process.args())
                .addAllEnv(GuestEnvironment.of(process, wishes.ports().size()))
                .setMemoryLimit(resources.memoryLimitBytes())
                .setSandboxMemoryLimit(workers.memoryLimit(worker))
                .setCpuShares(resources.cpuShares())
                .setDeadlineMillis(wishes.deadline().map(Duration::toMillis).orElse(0L))
                .build();
    }

    /** A worker of its own that does not answer is killed with all that it has. */
    @Override
    public void stop() {
        try {
            endContainers();
        } catch (SandboxException.TimedOut | SandboxException.Unavailable _) {
            workers.end();
            endContainers();
        }
        workers.end();
        exit.complete(new ExitStatus(0, clock.instant()));
    }

    private void endContainers() {
        if (former) {
            // The record's containers were not asked for yet: whatever there is ends.
            var _ = adoptContainers(List.of());
        }
        processes.values().forEach(this::end);
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
            sum = sum.plus(process.statistics());
        }
        return sum;
    }

    /** Those of the pod are its cgroup's, but for memory where others share its worker. */
    @Override
    public void update(PodResources resources) {
        workers.update(resources, processes.values().stream().map(WasmProcess::worker).toList());
    }

    /** Where its workers are follows from its id; what runs in which, from how it was made. */
    @Override
    public Map<String, String> identity() {
        return Map.of(ISOLATION, workers.isolation().name(), ENGINE, workers.engine().handler());
    }

    @Override
    public void close() {
        stop();
        host.close();
    }
}
