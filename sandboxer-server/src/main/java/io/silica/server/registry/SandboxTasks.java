// SPDX-License-Identifier: Apache-2.0
package io.silica.server.registry;

import io.silica.sandbox.Container;
import io.silica.sandbox.ContainerConfig;
import io.silica.sandbox.ContainerId;
import io.silica.sandbox.ExitStatus;
import io.silica.sandbox.Sandbox;
import io.silica.sandbox.SandboxException;
import io.silica.sandbox.SandboxId;
import io.silica.sandbox.TaskEvent;
import io.silica.sandbox.Undo;
import io.silica.server.host.ContainerRequest;
import io.silica.server.host.PreparedPod;
import io.silica.server.registry.SandboxRecord.TaskRecord;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.function.Consumer;

/**
 * The containers of one sandbox, from the first trace of them on the host to the last. Safe for use
 * by any thread.
 */
final class SandboxTasks {
    private static final String SANDBOX_ANNOTATION = "io.kubernetes.cri.sandbox-id";

    private final SandboxId sandbox;
    private final PreparedPod pod;
    private final RecordWriter record;
    private final Surroundings around;
    private final ConcurrentMap<ContainerId, Path> bundles = new ConcurrentHashMap<>();
    private final ConcurrentMap<ContainerId, Task> tasks = new ConcurrentHashMap<>();

    SandboxTasks(SandboxId sandbox, PreparedPod pod, RecordWriter record, Surroundings around) {
        this.sandbox = sandbox;
        this.pod = pod;
        this.record = record;
        this.around = around;
    }

    List<Task> all() {
        return List.copyOf(tasks.values());
    }

    /** What of them has to be in the record. */
    List<TaskRecord> records() {
        return bundles.entrySet().stream()
                .map(e -> new TaskRecord(e.getKey().value(), e.getValue().toString()))
                .toList();
    }

    /**
     * Makes a container; when this throws, nothing of it is left.
     *
     * @param within makes it
     * @param entry enters it where it is found; the last step that can fail
     */
    Task create(ContainerRequest request, Sandbox within, Consumer<Task> entry) {
        try (var undo = new Undo()) {
            // Known before it is mounted: a daemon that dies in between finds what to unmount.
            reserve(request);
            undo.add(() -> forget(request.id()));
            record.save();
            ContainerConfig config = pod.prepareContainer(request);
            undo.add(() -> pod.releaseContainer(request.id(), request.bundle()));
            requireSameSandbox(config);
            Container container =
                    within.createContainer(
                            config,
                            () -> around.events().accept(new TaskEvent.OutOfMemory(request.id())));
            undo.add(() -> discard(container));
            var task = new Task(config, request.rootfs(), container, around);
            entry.accept(task);
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
    ExitStatus delete(Task task, Runnable whenGone) {
        return task.deleteAll(status -> {
            pod.releaseContainer(task.id(), task.config().bundle());
            forget(task.id());
            whenGone.run();
            around.events().accept(task.deleted(status));
        });
    }

    /** Releases what the host still has of any of them: the sandbox is gone. */
    void release() {
        for (Map.Entry<ContainerId, Path> held : bundles.entrySet()) {
            pod.releaseContainer(held.getKey(), held.getValue());
            bundles.remove(held.getKey());
        }
    }

    private void reserve(ContainerRequest request) {
        synchronized (bundles) {
            if (bundles.size() >= around.limits().maximumContainers()) {
                throw new SandboxException.Exhausted(
                        "sandbox \"%s\" has %d containers, which is its limit"
                                .formatted(sandbox, bundles.size()));
            }
            bundles.put(request.id(), request.bundle());
        }
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

    private void forget(ContainerId id) {
        tasks.remove(id);
        bundles.remove(id);
        record.save();
    }

    private static void discard(Container container) throws InterruptedException {
        Task.end(container.init());
        container.init().exit().await();
        container.init().delete();
    }
}
