// SPDX-License-Identifier: Apache-2.0
package io.silica.server.registry;

import io.silica.sandbox.Container;
import io.silica.sandbox.ContainerConfig;
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
import io.silica.sandbox.TaskEvent;
import io.silica.sandbox.Undo;
import io.silica.server.host.ContainerRequest;
import io.silica.server.host.PreparedPod;
import io.silica.server.logging.LogContext;
import io.silica.server.registry.SandboxRecord.TaskRecord;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.function.Consumer;

/** A sandbox as containerd sees it: the kind's sandbox, what the host prepared, and its tasks. */
public final class ManagedSandbox {
    private static final String SANDBOX_ANNOTATION = "io.kubernetes.cri.sandbox-id";

    private final SandboxSpec spec;
    private final Sandbox sandbox;
    private final PreparedPod pod;
    private final Instant createdAt;
    private final Surroundings around;
    private final SandboxLifecycle lifecycle;
    private final Driver driver;
    private final SampleCache samples;
    private final Exit exit = new Exit();
    private final ConcurrentMap<ContainerId, Path> bundles = new ConcurrentHashMap<>();
    private final ConcurrentMap<ContainerId, Task> tasks = new ConcurrentHashMap<>();
    private final Object recordLock = new Object();
    private volatile SandboxState state;
    private boolean started;
    private boolean forgotten;
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
        return List.copyOf(tasks.values());
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
    public void update(PodResources resources) {
        change(
                SandboxRequest.UPDATE,
                () -> {
                    pod.update(resources);
                    sandbox.update(resources);
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
     * @param whenThere is told of it before a shutdown can be; must not block
     */
    Task createTask(ContainerRequest request, Consumer<Task> whenThere) {
        admits(SandboxRequest.CREATE_CONTAINER);
        try (var undo = new Undo()) {
            // Known before it is mounted: a daemon that dies in between finds what to unmount.
            reserve(request);
            undo.add(() -> forget(request.id()));
            save();
            ContainerConfig config = pod.prepareContainer(request);
            undo.add(() -> pod.releaseContainer(request.id(), request.bundle()));
            requireSameSandbox(config);
            Container container =
                    sandbox.createContainer(
                            config,
                            () -> around.events().accept(new TaskEvent.OutOfMemory(request.id())));
            undo.add(() -> discard(container));
            var task =
                    new Task(config, request.rootfs(), container, around.limits(), around.events());
            register(task, whenThere);
            undo.keep();
            task.created();
            return task;
        }
    }

    /**
     * Deletes a container and releases what the host prepared for it.
     *
     * @param whenGone is told before the caller is
     */
    ExitStatus deleteTask(Task task, Runnable whenGone) {
        return task.deleteAll(status -> {
            pod.releaseContainer(task.id(), task.config().bundle());
            forget(task.id());
            whenGone.run();
            around.events()
                    .accept(
                            new TaskEvent.Deleted(
                                    task.id(), task.process(Optional.empty()).pid(), status));
        });
    }

    /** Writes what is so into the record. */
    void save() {
        synchronized (recordLock) {
            if (!forgotten) {
                around.records().save(id(), record());
            }
        }
    }

    /** Lets the containers of an earlier life go: nobody can ask for them any more. */
    void releaseFormerTasks(List<TaskRecord> former) {
        for (TaskRecord task : former) {
            pod.releaseContainer(new ContainerId(task.id()), Path.of(task.bundle()));
        }
    }

    private SandboxRecord record() {
        List<TaskRecord> held =
                bundles.entrySet().stream()
                        .map(e -> new TaskRecord(e.getKey().value(), e.getValue().toString()))
                        .toList();
        return SandboxRecordForm.record(spec, sandbox.identity(), createdAt, state, held);
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

    /** CRI names the sandbox a second time, in the container's annotations. */
    private void requireSameSandbox(ContainerConfig config) {
        String annotated = config.spec().annotations().get(SANDBOX_ANNOTATION);
        if (annotated != null && !annotated.equals(id().value())) {
            throw new SandboxException.InvalidArgument(
                    "container \"%s\" is in the bundle of sandbox \"%s\" and annotated with another"
                            .formatted(config.id(), id()));
        }
    }

    private List<Task> release() {
        sandbox.close();
        for (Map.Entry<ContainerId, Path> held : bundles.entrySet()) {
            pod.releaseContainer(held.getKey(), held.getValue());
            bundles.remove(held.getKey());
        }
        pod.close();
        synchronized (recordLock) {
            forgotten = true;
            around.records().delete(id());
        }
        return tasks();
    }

    private void reserve(ContainerRequest request) {
        synchronized (bundles) {
            if (bundles.size() >= around.limits().maximumContainers()) {
                throw new SandboxException.Exhausted(
                        "%s has %d containers, which is its limit"
                                .formatted(name(), bundles.size()));
            }
            bundles.put(request.id(), request.bundle());
        }
    }

    private void register(Task task, Consumer<Task> whenThere) {
        synchronized (lifecycle) {
            lifecycle.admits(SandboxRequest.CREATE_CONTAINER);
            tasks.put(task.id(), task);
            whenThere.accept(task);
        }
    }

    private void forget(ContainerId id) {
        tasks.remove(id);
        bundles.remove(id);
        save();
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

    private static void discard(Container container) throws InterruptedException {
        Task.end(container.init());
        container.init().exit().await();
        container.init().delete();
    }

    private String name() {
        return "sandbox \"" + spec.id() + "\"";
    }
}
