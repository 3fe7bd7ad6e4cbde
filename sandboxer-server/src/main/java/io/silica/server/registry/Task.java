// SPDX-License-Identifier: Apache-2.0
package io.silica.server.registry;

import io.silica.sandbox.AdoptedContainer;
import io.silica.sandbox.Container;
import io.silica.sandbox.ContainerId;
import io.silica.sandbox.ExecConfig;
import io.silica.sandbox.ExecId;
import io.silica.sandbox.ExitStatus;
import io.silica.sandbox.Failpoint;
import io.silica.sandbox.ProcessRequest;
import io.silica.sandbox.ProcessState;
import io.silica.sandbox.Resources;
import io.silica.sandbox.SandboxException;
import io.silica.sandbox.Signal;
import io.silica.sandbox.Statistics;
import io.silica.server.host.ContainerRequest;
import io.silica.server.logging.LogContext;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.function.Consumer;

/**
 * A container as containerd sees it: its first process, those that exec added, and its figures.
 *
 * <p>One of an earlier life of the daemon answers questions from its record at once. What changes
 * it waits until the kind has found it again, and is Unavailable if that takes too long.
 */
public final class Task {
    private final ContainerRequest request;
    private final Reached<Container> container;
    private final TaskSurroundings around;
    private final TaskProcesses processes;
    private final Driver driver;
    private final SampleCache samples;
    private boolean deleted;

    /** One that was made. */
    Task(ContainerRequest request, Container container, TaskSurroundings around) {
        this.request = request;
        this.container = Reached.now(container);
        this.around = around;
        this.processes =
                new TaskProcesses(
                        request, container.init(), around.daemon().events(), this::noteEnd);
        this.driver = driver();
        this.samples = samples();
    }

    /** One of an earlier life. */
    Task(FormerTask former, TaskSurroundings around) {
        var patience = around.daemon().limits().agentPatience();
        this.request = former.request();
        this.container = Reached.later("container \"" + request.id() + "\"", patience);
        this.around = around;
        this.processes =
                new TaskProcesses(former, patience, around.daemon().events(), this::noteEnd);
        this.driver = driver();
        this.samples = samples();
    }

    private Driver driver() {
        return new Driver(
                "container-" + id(),
                () -> LogContext.container(request.sandbox(), id()),
                around.daemon().limits().patience());
    }

    private SampleCache samples() {
        RegistryConfig limits = around.daemon().limits();
        return new SampleCache(
                name(Optional.empty()),
                () -> container.get().statistics(),
                limits.samplesFreshFor(),
                limits.samplePatience());
    }

    /** Its identifier. */
    public ContainerId id() {
        return request.id();
    }

    /** containerd's directory for it. */
    public Path bundle() {
        return request.bundle();
    }

    /**
     * One of its processes.
     *
     * @param exec empty for the first one
     * @throws SandboxException.NotFound if there is none of that id
     */
    public TaskProcess process(Optional<ExecId> exec) {
        return processes.get(exec);
    }

    /**
     * What is so with a process once it has been found again; waits for that as a change does.
     *
     * @throws SandboxException.NotFound if there is none of that id
     */
    public ProcessState stateFound(Optional<ExecId> exec) {
        container.get();
        return processes.get(exec).state();
    }

    /** Whether exec has added that process; waits as {@link #stateFound} does. */
    public boolean hasFound(ExecId exec) {
        container.get();
        return processes.added().containsKey(exec);
    }

    /** Those of its processes that exec added, now. */
    Map<ExecId, TaskProcess> execs() {
        return processes.added();
    }

    /** Starts a process. */
    public void start(Optional<ExecId> exec) {
        change(
                "start " + name(exec),
                () -> {
                    Failpoint.at("task.start.before");
                    processes.start(exec);
                    Failpoint.at("task.start.done");
                    around.record().note();
                    Failpoint.at("task.start.noted");
                    return exec;
                });
    }

    /** Adds a process, to be started later. */
    public void exec(ExecConfig exec) {
        change(
                "create " + name(Optional.of(exec.id())),
                () -> {
                    processes.init().admits(ProcessRequest.EXEC);
                    processes.requireFree(exec.id());
                    Failpoint.at("task.exec.before");
                    processes.add(exec.id(), container.get().exec(exec), exec.stdio());
                    Failpoint.at("task.exec.done");
                    around.record().note();
                    Failpoint.at("task.exec.noted");
                    return exec;
                });
    }

    /** Sends a signal; it waits for no other request. */
    public void kill(Optional<ExecId> exec, Signal signal, boolean all) {
        pass(
                exec,
                ProcessRequest.KILL,
                process -> {
                    Failpoint.at("task.kill.before");
                    process.process().kill(signal, all);
                    Failpoint.at("task.kill.done");
                });
    }

    /** Tells a terminal its size. */
    public void resize(Optional<ExecId> exec, int columns, int rows) {
        pass(
                exec,
                ProcessRequest.RESIZE,
                process -> {
                    Failpoint.at("task.resize.before");
                    process.process().resize(columns, rows);
                    Failpoint.at("task.resize.done");
                });
    }

    /** Closes a standard input. */
    public void closeStdin(Optional<ExecId> exec) {
        pass(
                exec,
                ProcessRequest.CLOSE_STDIN,
                process -> {
                    Failpoint.at("task.close-stdin.before");
                    process.process().closeStdin();
                    Failpoint.at("task.close-stdin.done");
                });
    }

    /** Freezes it. */
    public void pause() {
        change(
                ProcessRequest.PAUSE,
                () -> {
                    Failpoint.at("task.pause.before");
                    container.get().pause();
                    Failpoint.at("task.pause.done");
                    processes.paused();
                    around.record().note();
                    Failpoint.at("task.pause.noted");
                });
    }

    /** Lets it go on. */
    public void resume() {
        change(
                ProcessRequest.RESUME,
                () -> {
                    Failpoint.at("task.resume.before");
                    container.get().resume();
                    Failpoint.at("task.resume.done");
                    processes.resumed();
                    around.record().note();
                    Failpoint.at("task.resume.noted");
                });
    }

    /** Changes its limits. */
    public void update(Resources resources) {
        change(
                ProcessRequest.UPDATE,
                () -> {
                    Failpoint.at("task.update.before");
                    container.get().update(resources);
                    Failpoint.at("task.update.done");
                });
    }

    /** Its latest figures, also after its end. */
    public Statistics statistics() {
        return samples.get();
    }

    /** Its processes as the host sees them, at least one. */
    public List<Integer> pids() {
        return container
                .known()
                .map(Container::pids)
                .orElseGet(() -> List.of(processes.init().pid()));
    }

    /** Deletes a process that exec added. */
    public Tombstone delete(ExecId exec) {
        Optional<ExecId> id = Optional.of(exec);
        return change("delete " + name(id), () -> delete(id, around.tombstones()::add));
    }

    /**
     * Deletes the container's processes, the first one last.
     *
     * @param release gives up what else the container has, and takes note of the delete; when it
     *     throws, all is tried again by the next call
     * @throws SandboxException.NotFound to whoever comes second
     */
    Tombstone deleteAll(Consumer<Tombstone> release) {
        return change(
                "delete " + name(Optional.empty()),
                () -> {
                    if (deleted) {
                        throw new SandboxException.NotFound(
                                "there is no " + name(Optional.empty()) + " any more");
                    }
                    Tombstone deletion = delete(Optional.empty(), release);
                    deleted = true;
                    return deletion;
                });
    }

    private Tombstone delete(Optional<ExecId> exec, Consumer<Tombstone> release)
            throws InterruptedException {
        Failpoint.at("task.delete.before");
        Tombstone deletion = processes.end(exec);
        // From here on nobody but the record knows how it ended.
        around.record().note();
        Failpoint.at("task.delete.ended");
        processes.delete(exec);
        Failpoint.at("task.delete.done");
        release.accept(deletion);
        around.record().note();
        Failpoint.at("task.delete.noted");
        return deletion;
    }

    /** It is there: tells of it and begins to listen for its end. */
    void created() {
        processes.created(request);
    }

    /**
     * It was found again: what its record does not know is told, and requests go on that waited.
     */
    void found(AdoptedContainer found) {
        if (container.known().isEmpty()) {
            processes.found(found, unseen());
            container.is(found.container());
        }
    }

    /** Nothing is left of it, unless it was found before. */
    void gone() {
        if (container.known().isEmpty()) {
            TaskProcess init = processes.init();
            ExitStatus exit = init.exit().status().orElseGet(this::unseen);
            var remains = new EndedContainer(new EndedProcess(init.pid(), exit));
            found(new AdoptedContainer(id(), remains, new ProcessState.Stopped(exit), Map.of()));
        }
    }

    /** What is gone went with its agent, which takes nothing but force. */
    private ExitStatus unseen() {
        return new ExitStatus(Signal.KILL.exitCode(), around.daemon().clock().instant());
    }

    private void noteEnd(Optional<ExecId> exec) {
        driver.post("note the end of " + name(exec), () -> noteEndNow(exec));
    }

    private void noteEndNow(Optional<ExecId> exec) {
        TaskProcess init = processes.init();
        if (exec.isEmpty() && init.state() instanceof ProcessState.Stopped(ExitStatus exit)) {
            ExitFile.write(bundle(), init.pid(), exit);
        }
        around.record().note();
    }

    /** A change that does not wait in the line of the driver. */
    private void pass(Optional<ExecId> exec, ProcessRequest request, Consumer<TaskProcess> effect) {
        TaskProcess process = process(exec);
        try (var _ = around.daemon().inFlight().begin()) {
            container.get();
            if (process.admits(request)) {
                effect.accept(process);
            }
        }
    }

    private void change(ProcessRequest request, Runnable effect) {
        change(
                request.verb() + " " + name(Optional.empty()),
                () -> {
                    if (processes.init().admits(request)) {
                        effect.run();
                    }
                    return request;
                });
    }

    private <T> T change(String action, Callable<T> work) {
        try (var _ = around.daemon().inFlight().begin()) {
            container.get();
            return driver.call(action, work);
        }
    }

    private String name(Optional<ExecId> exec) {
        return processes.name(exec);
    }
}
