// SPDX-License-Identifier: Apache-2.0
package io.silica.server.registry;

import io.silica.sandbox.ContainerId;
import io.silica.sandbox.Exit;
import io.silica.sandbox.ExitStatus;
import io.silica.sandbox.PodResources;
import io.silica.sandbox.Sandbox;
import io.silica.sandbox.SandboxException;
import io.silica.sandbox.SandboxId;
import io.silica.sandbox.SandboxLifecycle;
import io.silica.sandbox.SandboxRequest;
import io.silica.sandbox.SandboxSpec;
import io.silica.sandbox.SandboxState;
import io.silica.sandbox.Statistics;
import io.silica.server.host.ContainerRequest;
import io.silica.server.host.PreparedPod;
import io.silica.server.logging.LogContext;
import io.silica.server.registry.SandboxRecord.TaskRecord;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;

/** A sandbox as containerd sees it: the kind's sandbox, what the host prepared, and its tasks. */
public final class ManagedSandbox {
    private final Sandbox sandbox;
    private final PreparedPod pod;
    private final Instant createdAt;
    private final Surroundings around;
    private final SandboxLifecycle lifecycle;
    private final Driver driver;
    private final SampleCache samples;
    private final Exit exit = new Exit();
    private final RecordWriter record;
    private final SandboxTasks tasks;
    private volatile SandboxSpec spec;
    private volatile SandboxState state;
    private boolean started;
    private boolean gone;

    ManagedSandbox(
            SandboxSpec spec,
            Sandbox sandbox,
            PreparedPod pod,
            Instant createdAt,
            SandboxState state,
            Surroundings around) {
        this.spec = spec;
        this.sandbox = sandbox;
        this.pod = pod;
        this.createdAt = createdAt;
        this.around = around;
        this.lifecycle = new SandboxLifecycle(spec.id(), state);
        this.state = state;
        this.started = !(state instanceof SandboxState.Created);
        if (state instanceof SandboxState.Stopped(ExitStatus status)) {
            exit.complete(status);
        }
        this.driver =
                new Driver(
                        "sandbox-" + spec.id(),
                        () -> LogContext.sandbox(spec.id()),
                        around.limits().patience());
        this.samples =
                new SampleCache(
                        name(),
                        sandbox::statistics,
                        around.limits().samplesFreshFor(),
                        around.limits().samplePatience());
        this.record = new RecordWriter(around.records(), spec.id(), this::present);
        this.tasks = new SandboxTasks(spec.id(), pod, record, around);
    }

    /** Its identifier. */
    public SandboxId id() {
        return spec.id();
    }

    /** What was asked of it. */
    public SandboxSpec spec() {
        return spec;
    }

    /** When it was created. */
    public Instant createdAt() {
        return createdAt;
    }

    /** What is so now. */
    public SandboxState state() {
        return state;
    }

    /** Its end, known only after {@link #state} tells it. */
    public Exit exit() {
        return exit;
    }

    /** Its tasks, now. */
    public List<Task> tasks() {
        return tasks.all();
    }

    /**
     * Its latest figures.
     *
     * @throws SandboxException.Unavailable while there are none, or no more
     */
    public Statistics statistics() {
        admits(SandboxRequest.METRICS);
        return samples.get();
    }

    /** Changes what the pod may use. */
    void update(UnaryOperator<PodResources> wish) {
        change(
                SandboxRequest.UPDATE,
                () -> {
                    PodResources wanted = wish.apply(spec.resources());
                    pod.update(wanted);
                    sandbox.update(wanted);
                    spec = spec.with(wanted);
                    save();
                });
    }

    /** Begins to listen for the end. */
    void watch() {
        sandbox.exit().onExit(this::ended);
    }

    /**
     * Starts it. One that could not be started the first time is removed, before any request that
     * waits behind this one is looked at.
     *
     * @param whenGone as in {@link #shutdown}
     */
    void start(Consumer<List<Task>> whenGone) {
        driver.call(
                "start " + name(),
                () -> {
                    requireThere();
                    try {
                        if (admits(SandboxRequest.START)) {
                            startNow();
                        }
                    } catch (RuntimeException e) {
                        removeAfter(e, whenGone);
                        throw e;
                    }
                    return state;
                });
    }

    void stop() {
        change(SandboxRequest.STOP, this::stopNow);
    }

    /**
     * Ends it and releases everything that it has.
     *
     * @param whenGone is told, before the caller is, which containers went with it
     */
    void shutdown(Consumer<List<Task>> whenGone) {
        change(SandboxRequest.SHUTDOWN, () -> remove(whenGone));
    }

    /**
     * Removes it if it was never started.
     *
     * @param whenGone as in {@link #shutdown}
     * @return whether it was removed
     */
    boolean removeUnlessStarted(Consumer<List<Task>> whenGone) {
        return driver.call(
                "remove " + name(),
                () -> {
                    boolean due = !started && !gone;
                    if (due) {
                        remove(whenGone);
                    }
                    return due;
                });
    }

    /**
     * Makes a container; when this throws, nothing of it is left.
     *
     * @param entry enters it in the daemon's index; must not block
     */
    Task createTask(ContainerRequest request, Consumer<Task> entry) {
        admits(SandboxRequest.CREATE_CONTAINER);
        return tasks.create(request, sandbox, task -> enter(task, entry));
    }

    /**
     * Deletes a container and releases what the host prepared for it.
     *
     * @param whenGone is told before the caller is
     */
    ExitStatus deleteTask(Task task, Runnable whenGone) {
        return tasks.delete(task, whenGone);
    }

    /** Writes what is so into the record. */
    void save() {
        record.save();
    }

    /** Lets the containers of an earlier life go: nobody can ask for them any more. */
    void releaseFormerTasks(List<TaskRecord> former) {
        for (TaskRecord task : former) {
            pod.releaseContainer(new ContainerId(task.id()), Path.of(task.bundle()));
        }
    }

    private SandboxRecord present() {
        return SandboxRecordForm.record(
                spec, sandbox.identity(), createdAt, state, tasks.records());
    }

    private void startNow() {
        int pid = sandbox.start();
        synchronized (lifecycle) {
            lifecycle.started(pid, around.clock().instant());
            state = lifecycle.state();
        }
        save();
        started = true;
    }

    private void removeAfter(RuntimeException failure, Consumer<List<Task>> whenGone) {
        if (started) {
            return;
        }
        try {
            remove(whenGone);
        } catch (RuntimeException e) {
            failure.addSuppressed(e);
        }
    }

    private void remove(Consumer<List<Task>> whenGone) {
        if (!(state instanceof SandboxState.Stopped)) {
            stopNow();
        }
        whenGone.accept(release());
        gone = true;
    }

    private void stopNow() {
        sandbox.stop();
        ended(sandbox.exit().status().orElseGet(() -> new ExitStatus(0, around.clock().instant())));
    }

    /** Of two ends at a time the lifecycle takes the first, and a Wait tells what it took. */
    private void ended(ExitStatus status) {
        boolean first;
        synchronized (lifecycle) {
            first = !(state instanceof SandboxState.Stopped);
            lifecycle.ended(status);
            state = lifecycle.state();
        }
        if (first) {
            driver.post("note the end of " + name(), this::save);
        }
        if (state instanceof SandboxState.Stopped(ExitStatus taken)) {
            exit.complete(taken);
        }
    }

    private List<Task> release() {
        sandbox.close();
        tasks.release();
        pod.close();
        record.delete();
        return tasks();
    }

    /** A shutdown comes before, and then it is refused, or after, and then it is known. */
    private void enter(Task task, Consumer<Task> entry) {
        synchronized (lifecycle) {
            lifecycle.admits(SandboxRequest.CREATE_CONTAINER);
            tasks.enter(task);
            entry.accept(task);
        }
    }

    private boolean admits(SandboxRequest request) {
        synchronized (lifecycle) {
            return lifecycle.admits(request);
        }
    }

    /** A request may have waited until the sandbox was removed, and its id be another's by now. */
    private void requireThere() {
        if (gone) {
            throw new SandboxException.NotFound("there is no " + name() + " any more");
        }
    }

    private void change(SandboxRequest request, Runnable effect) {
        driver.call(
                request.verb() + " " + name(),
                () -> {
                    requireThere();
                    if (admits(request)) {
                        effect.run();
                    }
                    return request;
                });
    }

    private String name() {
        return "sandbox \"" + spec.id() + "\"";
    }
}
