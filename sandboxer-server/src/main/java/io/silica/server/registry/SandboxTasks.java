// SPDX-License-Identifier: Apache-2.0
package io.silica.server.registry;

import io.silica.sandbox.AdoptedContainer;
import io.silica.sandbox.Container;
import io.silica.sandbox.ContainerConfig;
import io.silica.sandbox.ContainerId;
import io.silica.sandbox.ContainerObserver;
import io.silica.sandbox.ExecId;
import io.silica.sandbox.Failpoint;
import io.silica.sandbox.FormerContainer;
import io.silica.sandbox.Sandbox;
import io.silica.sandbox.SandboxException;
import io.silica.sandbox.SandboxId;
import io.silica.sandbox.TaskEvent;
import io.silica.sandbox.Undo;
import io.silica.server.host.ContainerRequest;
import io.silica.server.host.PreparedPod;
import io.silica.server.registry.SandboxRecord.DeletedRecord;
import io.silica.server.registry.SandboxRecord.TaskRecord;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * The containers of one sandbox, from the first trace of them on the host to the last. Safe for use
 * by any thread.
 */
final class SandboxTasks {
    private static final String SANDBOX_ANNOTATION = "io.kubernetes.cri.sandbox-id";

    private final SandboxId sandbox;
    private final PreparedPod pod;
    private final TaskSurroundings around;
    private final Tombstones tombstones = new Tombstones();
    private final ConcurrentMap<ContainerId, Path> bundles = new ConcurrentHashMap<>();
    private final ConcurrentMap<ContainerId, Task> tasks = new ConcurrentHashMap<>();

    /**
     * @param known what an earlier life of the daemon has left of them
     */
    SandboxTasks(PreparedPod pod, RecordWriter record, Surroundings daemon, KnownSandbox known) {
        this.sandbox = known.id();
        this.pod = pod;
        this.around = new TaskSurroundings(daemon, record, tombstones);
        known.tombstones().forEach(tombstones::add);
        bundles.putAll(known.traces());
        for (FormerTask task : known.tasks()) {
            bundles.put(task.request().id(), task.request().bundle());
            tasks.put(task.request().id(), new Task(task, around));
        }
    }

    List<Task> all() {
        return List.copyOf(tasks.values());
    }

    /** What of them has to be in the record. */
    List<TaskRecord> records() {
        return bundles.entrySet().stream().map(it -> record(it.getKey(), it.getValue())).toList();
    }

    private TaskRecord record(ContainerId id, Path bundle) {
        Task task = tasks.get(id);
        return task == null ? TaskRecordForm.traces(id, bundle) : TaskRecordForm.record(task);
    }

    /** What was deleted lately, for the record. */
    List<DeletedRecord> deleted() {
        return tombstones.all().stream().map(TaskRecordForm::record).toList();
    }

    /** What a delete was answered, if it was lately. */
    Optional<Tombstone> tombstone(ContainerId id, Optional<ExecId> exec) {
        return tombstones.find(id, exec);
    }

    /**
     * Makes a container; when this throws, nothing of it is left.
     *
     * @param within makes it
     * @param entry enters it where it is found, and is undone by {@code exit}
     */
    Task create(
            ContainerRequest request, Sandbox within, Consumer<Task> entry, Consumer<Task> exit) {
        ContainerId id = request.id();
        try (var undo = new Undo()) {
            Failpoint.at("task.create.before");
            // Known before it is mounted: a daemon that dies in between finds what to unmount.
            reserve(request);
            undo.add(() -> forget(id));
            around.record().save();
            Failpoint.at("task.create.reserved");
            ContainerConfig config = pod.prepareContainer(request);
            undo.add(() -> pod.releaseContainer(id, request.bundle()));
            Failpoint.at("task.create.mounted");
            requireSameSandbox(config);
            Container container = within.createContainer(config, observer(id));
            undo.add(() -> discard(container));
            Failpoint.at("task.create.done");
            var task = new Task(request, container, around);
            entry.accept(task);
            undo.add(() -> exit.accept(task));
            around.record().save();
            Failpoint.at("task.create.noted");
            undo.keep();
            task.created();
            return task;
        }
    }

    /** Takes a task that has been made; no shutdown may be under way. */
    void enter(Task task) {
        tasks.put(task.id(), task);
    }

    /**
     * Deletes a container and releases what the host prepared for it.
     *
     * @param whenGone is told before the caller is
     */
    Tombstone delete(Task task, Runnable whenGone) {
        return task.deleteAll(deletion -> {
            pod.releaseContainer(task.id(), task.bundle());
            Failpoint.at("task.delete.released");
            tombstones.add(deletion);
            forget(task.id());
            whenGone.run();
            around.daemon()
                    .events()
                    .accept(new TaskEvent.Deleted(task.id(), deletion.pid(), deletion.exit()));
        });
    }

    /**
     * Finds the containers of an earlier life again, those that are gone included.
     *
     * @param within knows them
     */
    void adopt(List<FormerTask> former, Sandbox within) {
        List<FormerContainer> sought =
                former.stream().map(it -> it.container(observer(it.request().id()))).toList();
        Map<ContainerId, AdoptedContainer> found =
                within.adoptContainers(sought).stream()
                        .collect(Collectors.toMap(AdoptedContainer::id, Function.identity()));
        sought.forEach(it -> adopt(it.id(), Optional.ofNullable(found.get(it.id()))));
    }

    private void adopt(ContainerId id, Optional<AdoptedContainer> found) {
        Task task = tasks.get(id);
        if (task != null) {
            found.ifPresentOrElse(task::found, task::gone);
        }
    }

    /** Releases what the host still has of containers that there are not: half-made ones. */
    void releaseTraces() {
        for (Map.Entry<ContainerId, Path> held : Map.copyOf(bundles).entrySet()) {
            if (!tasks.containsKey(held.getKey())) {
                release(held.getKey(), held.getValue());
            }
        }
        around.record().note();
    }

    /** Releases what the host still has of any of them: the sandbox is gone. */
    void release() {
        bundles.forEach(this::release);
        all().forEach(Task::gone);
    }

    private void release(ContainerId id, Path bundle) {
        pod.releaseContainer(id, bundle);
        bundles.remove(id, bundle);
    }

    private void reserve(ContainerRequest request) {
        synchronized (bundles) {
            if (bundles.size() >= around.daemon().limits().maximumContainers()) {
                throw new SandboxException.Exhausted(
                        "sandbox \"%s\" has %d containers, which is its limit"
                                .formatted(sandbox, bundles.size()));
            }
            bundles.put(request.id(), request.bundle());
        }
        tombstones.forget(request.id());
    }

    /** CRI names the sandbox a second time, in the container's annotations. */
    private void requireSameSandbox(ContainerConfig config) {
        String annotated = config.spec().annotations().get(SANDBOX_ANNOTATION);
        if (annotated != null && !annotated.equals(sandbox.value())) {
            throw new SandboxException.InvalidArgument(
                    "container \"%s\" is in the bundle of sandbox \"%s\" and annotated with another"
                            .formatted(config.id(), sandbox));
        }
    }

    /** It is gone, whether that can be written down or not. */
    private void forget(ContainerId id) {
        tasks.remove(id);
        bundles.remove(id);
        around.record().note();
    }

    private ContainerObserver observer(ContainerId id) {
        return () -> around.daemon().events().accept(new TaskEvent.OutOfMemory(id));
    }

    private static void discard(Container container) throws InterruptedException {
        TaskProcesses.kill(container.init());
        container.init().exit().await();
        container.init().delete();
    }
}
