// SPDX-License-Identifier: Apache-2.0
package io.silica.server.registry;

import io.silica.sandbox.AdoptedContainer;
import io.silica.sandbox.AdoptedProcess;
import io.silica.sandbox.ContainerId;
import io.silica.sandbox.ContainerProcess;
import io.silica.sandbox.ExecId;
import io.silica.sandbox.ExitStatus;
import io.silica.sandbox.FormerProcess;
import io.silica.sandbox.ProcessRequest;
import io.silica.sandbox.ProcessState;
import io.silica.sandbox.SandboxException;
import io.silica.sandbox.Signal;
import io.silica.sandbox.Stdio;
import io.silica.sandbox.TaskEvent;
import io.silica.server.host.ContainerRequest;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.function.Consumer;

/**
 * The processes of one task, and the events that tell of them. Changed by the task's driver, and
 * once by whoever finds a task of an earlier life again; read by any thread.
 */
final class TaskProcesses {
    private final ContainerId container;
    private final Consumer<TaskEvent> events;
    private final Consumer<Optional<ExecId>> onEnd;
    private final TaskProcess init;
    private final ConcurrentMap<ExecId, TaskProcess> added = new ConcurrentHashMap<>();

    /**
     * Those of a task that was made.
     *
     * @param onEnd called after each end has been told; must not block
     */
    TaskProcesses(
            ContainerRequest request,
            ContainerProcess init,
            Consumer<TaskEvent> events,
            Consumer<Optional<ExecId>> onEnd) {
        this.container = request.id();
        this.events = events;
        this.onEnd = onEnd;
        this.init = made(Optional.empty(), init, request.stdio());
    }

    /**
     * Those of a task of an earlier life.
     *
     * @param patience how long a request waits until they have been found again
     * @param onEnd called after each end has been told; must not block
     */
    TaskProcesses(
            FormerTask former,
            Duration patience,
            Consumer<TaskEvent> events,
            Consumer<Optional<ExecId>> onEnd) {
        this.container = former.request().id();
        this.events = events;
        this.onEnd = onEnd;
        this.init = former(Optional.empty(), former.init(), patience);
        former.execs()
                .forEach((id, exec) -> added.put(id, former(Optional.of(id), exec, patience)));
    }

    /** The first one. */
    TaskProcess init() {
        return init;
    }

    /** Those that exec added. */
    Map<ExecId, TaskProcess> added() {
        return Map.copyOf(added);
    }

    /**
     * One of them.
     *
     * @param exec empty for the first one
     * @throws SandboxException.NotFound if there is none of that id
     */
    TaskProcess get(Optional<ExecId> exec) {
        return exec.isEmpty() ? init : added(exec.get());
    }

    private TaskProcess added(ExecId exec) {
        TaskProcess process = added.get(exec);
        if (process == null) {
            throw new SandboxException.NotFound("there is no " + name(Optional.of(exec)));
        }
        return process;
    }

    /** Tells that the task was made, and begins to listen for its end. */
    void created(ContainerRequest request) {
        events.accept(
                new TaskEvent.Created(
                        container,
                        request.bundle().toString(),
                        request.rootfs(),
                        request.stdio(),
                        init.pid()));
        init.watch();
    }

    /** Lets one of them run. */
    void start(Optional<ExecId> exec) {
        TaskProcess process = get(exec);
        process.start(() -> events.accept(started(exec, process)));
    }

    /**
     * Whether a process can be added under that id.
     *
     * @throws SandboxException.AlreadyExists if there is one
     */
    void requireFree(ExecId exec) {
        if (added.containsKey(exec)) {
            throw new SandboxException.AlreadyExists(name(Optional.of(exec)) + " is there already");
        }
    }

    /** Takes a process that was added, not yet started. */
    void add(ExecId exec, ContainerProcess process, Stdio stdio) {
        TaskProcess taken = made(Optional.of(exec), process, stdio);
        added.put(exec, taken);
        events.accept(new TaskEvent.ExecAdded(container, exec));
        taken.watch();
    }

    /** All of them were frozen. */
    void paused() {
        init.paused();
        events.accept(new TaskEvent.Paused(container));
    }

    /** All of them go on. */
    void resumed() {
        init.resumed();
        events.accept(new TaskEvent.Resumed(container));
    }

    /**
     * Ends a process that never ran, and knows then how each has ended.
     *
     * @throws SandboxException.WrongState if it still runs
     */
    Tombstone end(Optional<ExecId> exec) throws InterruptedException {
        TaskProcess process = get(exec);
        process.admits(ProcessRequest.DELETE);
        if (process.state() instanceof ProcessState.Created) {
            kill(process.process());
        }
        return new Tombstone(container, exec, process.pid(), process.exit().await());
    }

    /** Deletes a process that has ended; the first one takes all others with it. */
    void delete(Optional<ExecId> exec) {
        if (exec.isEmpty()) {
            added.keySet().forEach(id -> delete(Optional.of(id)));
        }
        get(exec).process().delete();
        exec.ifPresent(added::remove);
    }

    /**
     * They were found again; what the record does not know is told now.
     *
     * @param unseen how those have ended that were not found
     */
    void found(AdoptedContainer found, ExitStatus unseen) {
        found(Optional.empty(), new AdoptedProcess(found.container().init(), found.state()));
        for (ExecId exec : added.keySet()) {
            AdoptedProcess process = found.execs().get(exec);
            if (process == null) {
                added(exec).gone(unseen);
            } else {
                found(Optional.of(exec), process);
            }
        }
    }

    private void found(Optional<ExecId> exec, AdoptedProcess found) {
        TaskProcess process = get(exec);
        process.found(found, (recorded, now) -> tell(exec, process, recorded, now));
    }

    private void tell(
            Optional<ExecId> exec, TaskProcess process, ProcessState recorded, ProcessState now) {
        if (recorded instanceof ProcessState.Created) {
            events.accept(started(exec, process));
        }
        if (now instanceof ProcessState.Paused) {
            events.accept(new TaskEvent.Paused(container));
        } else if (recorded instanceof ProcessState.Paused) {
            events.accept(new TaskEvent.Resumed(container));
        }
    }

    /** Kills a process; one that has ended is as good. */
    static void kill(ContainerProcess process) {
        try {
            process.kill(Signal.KILL, true);
        } catch (SandboxException.NotFound _) {
            // It was faster.
        }
    }

    private TaskProcess made(Optional<ExecId> exec, ContainerProcess process, Stdio stdio) {
        return new TaskProcess(name(exec), process, stdio, exit -> ended(exec, exit));
    }

    private TaskProcess former(Optional<ExecId> exec, FormerProcess process, Duration patience) {
        return new TaskProcess(name(exec), process, patience, exit -> ended(exec, exit));
    }

    private void ended(Optional<ExecId> exec, ExitStatus exit) {
        String name = exec.map(ExecId::value).orElseGet(container::value);
        events.accept(new TaskEvent.Exited(container, name, get(exec).pid(), exit));
        onEnd.accept(exec);
    }

    private TaskEvent started(Optional<ExecId> exec, TaskProcess process) {
        return exec.<TaskEvent>map(id -> new TaskEvent.ExecStarted(container, id, process.pid()))
                .orElseGet(() -> new TaskEvent.Started(container, process.pid()));
    }

    /** What messages call a process. */
    String name(Optional<ExecId> exec) {
        return exec.map(id -> "process \"" + id + "\" of ").orElse("")
                + "container \""
                + container
                + "\"";
    }
}
