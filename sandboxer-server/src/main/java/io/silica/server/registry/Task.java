// SPDX-License-Identifier: Apache-2.0
package io.silica.server.registry;

import io.silica.sandbox.Container;
import io.silica.sandbox.ContainerConfig;
import io.silica.sandbox.ContainerId;
import io.silica.sandbox.ContainerProcess;
import io.silica.sandbox.ExecConfig;
import io.silica.sandbox.ExecId;
import io.silica.sandbox.ExitStatus;
import io.silica.sandbox.MountSpec;
import io.silica.sandbox.ProcessRequest;
import io.silica.sandbox.ProcessState;
import io.silica.sandbox.Resources;
import io.silica.sandbox.SandboxException;
import io.silica.sandbox.Signal;
import io.silica.sandbox.Statistics;
import io.silica.sandbox.Stdio;
import io.silica.sandbox.TaskEvent;
import io.silica.server.logging.LogContext;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.function.Consumer;

/** A container as containerd sees it: its first process, those that exec added, and its figures. */
public final class Task {
    private final ContainerConfig config;
    private final List<MountSpec> rootfs;
    private final Container container;
    private final Consumer<TaskEvent> events;
    private final InFlight inFlight;
    private final Driver driver;
    private final SampleCache samples;
    private final TaskProcess init;
    private final ConcurrentMap<ExecId, TaskProcess> execs = new ConcurrentHashMap<>();
    private boolean deleted;

    Task(ContainerConfig config, List<MountSpec> rootfs, Container container, Surroundings around) {
        RegistryConfig limits = around.limits();
        this.config = config;
        this.rootfs = rootfs;
        this.container = container;
        this.events = around.events();
        this.inFlight = around.inFlight();
        this.driver =
                new Driver(
                        "container-" + config.id(),
                        () -> LogContext.container(config.sandbox(), config.id()),
                        limits.patience());
        this.samples =
                new SampleCache(
                        name(),
                        container::statistics,
                        limits.samplesFreshFor(),
                        limits.samplePatience());
        this.init = new TaskProcess(name(), container.init(), config.stdio(), this::initEnded);
    }

    /** Its identifier. */
    public ContainerId id() {
        return config.id();
    }

    /** How it was set up. */
    public ContainerConfig config() {
        return config;
    }

    /**
     * One of its processes.
     *
     * @param exec empty for the first one
     * @throws SandboxException.NotFound if there is none of that id
     */
    public TaskProcess process(Optional<ExecId> exec) {
        return exec.map(this::added).orElse(init);
    }

    /** Starts a process. */
    public void start(Optional<ExecId> exec) {
        TaskProcess process = process(exec);
        change(
                "start " + name(exec),
                () -> {
                    process.start(() -> events.accept(started(exec, process.pid())));
                    return process.pid();
                });
    }

    /** Adds a process, to be started later. */
    public void exec(ExecConfig exec) {
        String name = name(Optional.of(exec.id()));
        change(
                "create " + name,
                () -> {
                    init.admits(ProcessRequest.EXEC);
                    if (execs.containsKey(exec.id())) {
                        throw new SandboxException.AlreadyExists(name + " is there already");
                    }
                    add(exec.id(), name, container.exec(exec), exec.stdio());
                    return exec;
                });
    }

    /** Sends a signal; it waits for no other request. */
    public void kill(Optional<ExecId> exec, Signal signal, boolean all) {
        TaskProcess process = process(exec);
        try (var _ = inFlight.begin()) {
            process.admits(ProcessRequest.KILL);
            process.process().kill(signal, all);
        }
    }

    /** Tells a terminal its size. */
    public void resize(Optional<ExecId> exec, int columns, int rows) {
        TaskProcess process = process(exec);
        try (var _ = inFlight.begin()) {
            if (process.admits(ProcessRequest.RESIZE)) {
                process.process().resize(columns, rows);
            }
        }
    }

    /** Closes a standard input. */
    public void closeStdin(Optional<ExecId> exec) {
        TaskProcess process = process(exec);
        try (var _ = inFlight.begin()) {
            if (process.admits(ProcessRequest.CLOSE_STDIN)) {
                process.process().closeStdin();
            }
        }
    }

    /** Freezes it. */
    public void pause() {
        change(
                ProcessRequest.PAUSE,
                () -> {
                    container.pause();
                    init.paused();
                    events.accept(new TaskEvent.Paused(id()));
                });
    }

    /** Lets it go on. */
    public void resume() {
        change(
                ProcessRequest.RESUME,
                () -> {
                    container.resume();
                    init.resumed();
                    events.accept(new TaskEvent.Resumed(id()));
                });
    }

    /** Changes its limits. */
    public void update(Resources resources) {
        change(ProcessRequest.UPDATE, () -> container.update(resources));
    }

    /** Its latest figures, also after its end. */
    public Statistics statistics() {
        return samples.get();
    }

    /** Its processes as the host sees them, at least one. */
    public List<Integer> pids() {
        return container.pids();
    }

    /** Deletes a process that exec added. */
    public ExitStatus delete(ExecId exec) {
        TaskProcess process = added(exec);
        return change(
                "delete " + name(Optional.of(exec)),
                () -> {
                    ExitStatus exit = delete(process);
                    execs.remove(exec);
                    return exit;
                });
    }

    /**
     * Deletes the container's processes, the first one last.
     *
     * @param release gives up what else the container has; when it throws, all is tried again by
     *     the next call
     * @throws SandboxException.NotFound to whoever comes second
     */
    ExitStatus deleteAll(Consumer<ExitStatus> release) {
        return change(
                "delete " + name(),
                () -> {
                    if (deleted) {
                        throw new SandboxException.NotFound("there is no " + name() + " any more");
                    }
                    init.admits(ProcessRequest.DELETE);
                    for (TaskProcess exec : List.copyOf(execs.values())) {
                        exec.process().delete();
                    }
                    execs.clear();
                    ExitStatus exit = delete(init);
                    release.accept(exit);
                    deleted = true;
                    return exit;
                });
    }

    void created() {
        events.accept(
                new TaskEvent.Created(
                        id(), config.bundle().toString(), rootfs, config.stdio(), init.pid()));
        init.watch();
    }

    TaskEvent.Deleted deleted(ExitStatus exit) {
        return new TaskEvent.Deleted(id(), init.pid(), exit);
    }

    String name() {
        return "container \"" + config.id() + "\"";
    }

    private String name(Optional<ExecId> exec) {
        return exec.map(id -> "process \"" + id + "\" of ").orElse("") + name();
    }

    private TaskProcess added(ExecId exec) {
        TaskProcess process = execs.get(exec);
        if (process == null) {
            throw new SandboxException.NotFound("there is no " + name(Optional.of(exec)));
        }
        return process;
    }

    private <T> T change(String action, Callable<T> work) {
        try (var _ = inFlight.begin()) {
            return driver.call(action, work);
        }
    }

    private void change(ProcessRequest request, Runnable effect) {
        change(
                request.verb() + " " + name(),
                () -> {
                    if (init.admits(request)) {
                        effect.run();
                    }
                    return request;
                });
    }

    private void add(ExecId exec, String name, ContainerProcess process, Stdio stdio) {
        var added =
                new TaskProcess(
                        name,
                        process,
                        stdio,
                        exit ->
                                events.accept(
                                        new TaskEvent.Exited(
                                                id(), exec.value(), process.pid(), exit)));
        execs.put(exec, added);
        events.accept(new TaskEvent.ExecAdded(id(), exec));
        added.watch();
    }

    /** A process that never ran is ended first: containerd deletes what it created and gave up. */
    private static ExitStatus delete(TaskProcess process) throws InterruptedException {
        process.admits(ProcessRequest.DELETE);
        if (process.state() instanceof ProcessState.Created) {
            end(process.process());
        }
        ExitStatus exit = process.exit().await();
        process.process().delete();
        return exit;
    }

    /** Kills a process; one that has ended is as good. */
    static void end(ContainerProcess process) {
        try {
            process.kill(Signal.KILL, true);
        } catch (SandboxException.NotFound _) {
            // It was faster.
        }
    }

    private TaskEvent started(Optional<ExecId> exec, int pid) {
        return exec.<TaskEvent>map(id -> new TaskEvent.ExecStarted(id(), id, pid))
                .orElseGet(() -> new TaskEvent.Started(id(), pid));
    }

    private void initEnded(ExitStatus exit) {
        events.accept(new TaskEvent.Exited(id(), id().value(), init.pid(), exit));
        driver.post(
                "leave the exit status of " + name(),
                () -> ExitFile.write(config.bundle(), init.pid(), exit));
    }
}
