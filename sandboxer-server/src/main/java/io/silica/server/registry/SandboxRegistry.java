// SPDX-License-Identifier: Apache-2.0
package io.silica.server.registry;

import io.silica.sandbox.ContainerId;
import io.silica.sandbox.ExecId;
import io.silica.sandbox.Failpoint;
import io.silica.sandbox.Platform;
import io.silica.sandbox.PodResources;
import io.silica.sandbox.Sandbox;
import io.silica.sandbox.SandboxException;
import io.silica.sandbox.SandboxId;
import io.silica.sandbox.SandboxSpec;
import io.silica.sandbox.Sandboxer;
import io.silica.sandbox.TaskEvent;
import io.silica.sandbox.Undo;
import io.silica.server.host.ContainerRequest;
import io.silica.server.host.PodHost;
import io.silica.server.host.PreparedPod;
import io.silica.server.logging.LogContext;
import io.silica.server.record.RecordStore;
import io.silica.server.registry.TaskIndex.Placed;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ScheduledExecutorService;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;

/**
 * All sandboxes of the daemon and all tasks in them. An id is taken from the first step of its
 * creation to the last step of its removal. Safe for use by any thread.
 */
public final class SandboxRegistry implements AutoCloseable {
    private static final Logger LOGGER = System.getLogger(SandboxRegistry.class.getName());

    private final Sandboxer sandboxer;
    private final PodHost host;
    private final Surroundings around;
    private final InFlight inFlight = new InFlight();
    private final SandboxIndex sandboxes = new SandboxIndex();
    private final TaskIndex tasks = new TaskIndex();
    private final Unclaimed unclaimed;
    private final SandboxAdoption adoption;

    /**
     * @param sandboxer makes the sandboxes
     * @param host prepares them on the host
     * @param records where records are kept
     * @param events where events go; taking one must not block
     * @param limits what is refused beyond
     * @param timer runs short tasks later
     * @param clock the wall clock
     */
    public SandboxRegistry(
            Sandboxer sandboxer,
            PodHost host,
            RecordStore<SandboxRecord> records,
            Consumer<TaskEvent> events,
            RegistryConfig limits,
            ScheduledExecutorService timer,
            InstantSource clock) {
        this.sandboxer = sandboxer;
        this.host = host;
        this.around = new Surroundings(limits, records, events, inFlight, clock);
        this.unclaimed = new Unclaimed(timer, limits.claimWithin(), clock, this::removeUnclaimed);
        this.adoption = new SandboxAdoption(sandboxer, host, sandboxes, tasks, unclaimed, around);
    }

    /** What images the sandboxes run. */
    public Platform platform() {
        return sandboxer.platform();
    }

    /**
     * The sandbox of that id.
     *
     * @throws SandboxException.NotFound if there is none
     */
    public ManagedSandbox sandbox(SandboxId id) {
        return sandboxes.get(id);
    }

    /**
     * The sandbox of that id, for somebody who speaks of it: once it is started, that it is
     * somebody's is settled.
     *
     * @throws SandboxException.NotFound if there is none
     */
    public ManagedSandbox claim(SandboxId id) {
        ManagedSandbox managed = sandbox(id);
        if (managed.claim()) {
            unclaimed.over(id);
        }
        return managed;
    }

    /** All sandboxes, now. */
    public List<ManagedSandbox> sandboxes() {
        return sandboxes.all();
    }

    /**
     * The task of that container.
     *
     * @throws SandboxException.NotFound if there is none
     */
    public Task task(ContainerId id) {
        return tasks.get(id).task();
    }

    /** The task of that container, if there is one. */
    public Optional<Task> find(ContainerId id) {
        return tasks.find(id).map(Placed::task);
    }

    /** How many tasks there are. */
    public int taskCount() {
        return tasks.size();
    }

    /** Prepares a sandbox; when this throws, nothing of it is left. */
    public ManagedSandbox create(SandboxSpec spec) {
        SandboxId id = spec.id();
        try (var _ = inFlight.begin();
                var _ = LogContext.sandbox(id);
                var undo = new Undo()) {
            Failpoint.at("sandbox.create.before");
            sandboxes.take(id, around.limits().maximumSandboxes());
            undo.add(() -> sandboxes.free(id));
            var known = KnownSandbox.created(spec, around.clock().instant());
            // Known before anything is made: a daemon that dies in between finds what to undo.
            undo.add(() -> around.records().delete(id));
            around.records().save(id, SandboxRecordForm.creating(spec, known.createdAt()));
            Failpoint.at("sandbox.create.reserved");
            PreparedPod pod = undo.owns(host.prepare(spec));
            Failpoint.at("sandbox.create.prepared");
            Sandbox sandbox = undo.owns(sandboxer.create(spec));
            Failpoint.at("sandbox.create.done");
            var managed = new ManagedSandbox(known, sandbox, pod, around);
            managed.save();
            Failpoint.at("sandbox.create.noted");
            unclaimed.expect(managed);
            sandboxes.enter(managed);
            undo.keep();
            managed.watch();
            return managed;
        }
    }

    /**
     * Starts a sandbox; when this throws, the sandbox is gone: containerd asks no more about it.
     */
    public ManagedSandbox start(SandboxId id) {
        try (var _ = inFlight.begin()) {
            ManagedSandbox managed = sandbox(id);
            managed.start(tasks -> gone(managed, tasks));
            if (!managed.isClaimed()) {
                unclaimed.expect(managed);
            }
            return managed;
        }
    }

    /** Ends a sandbox and everything in it; containerd still asks about it. */
    public void stop(SandboxId id) {
        try (var _ = inFlight.begin()) {
            claim(id).stop();
        }
    }

    /** Ends a sandbox if need be, and forgets it. */
    public void shutdown(SandboxId id) {
        try (var _ = inFlight.begin()) {
            shutdown(sandbox(id));
        }
    }

    /**
     * Changes what a pod may use.
     *
     * @param change makes of what it may use now what it may use from now on
     */
    public void update(SandboxId id, UnaryOperator<PodResources> change) {
        try (var _ = inFlight.begin()) {
            sandbox(id).update(change);
        }
    }

    /**
     * Makes a container; when this throws, nothing of it is left.
     *
     * @param abandoned whether nobody waits for it any more; then it is undone
     */
    public Task createTask(ContainerRequest request, BooleanSupplier abandoned) {
        ManagedSandbox sandbox = claim(request.sandbox());
        ContainerId id = request.id();
        try (var _ = inFlight.begin();
                var _ = LogContext.container(request.sandbox(), id);
                var undo = new Undo()) {
            tasks.take(id);
            undo.add(() -> tasks.free(id));
            Task task =
                    sandbox.createTask(
                            request,
                            it -> tasks.enter(new Placed(sandbox, it)),
                            it -> tasks.remove(new Placed(sandbox, it)));
            undo.keep();
            if (abandoned.getAsBoolean()) {
                delete(new Placed(sandbox, task));
                throw new SandboxException.Cancelled(
                        "container \"" + id + "\" was created for a caller who has gone");
            }
            return task;
        }
    }

    /** Deletes a container that has ended or that never ran. */
    public Tombstone deleteTask(ContainerId id) {
        try (var _ = inFlight.begin()) {
            return delete(tasks.get(id));
        }
    }

    /**
     * What a delete was answered, if it was lately: for a caller who asks again because the answer
     * was lost.
     *
     * @param exec empty for the whole container
     */
    public Optional<Tombstone> tombstone(ContainerId id, Optional<ExecId> exec) {
        return sandboxes.all().stream().flatMap(it -> it.tombstone(id, exec).stream()).findFirst();
    }

    /**
     * Lets no change begin any more and waits for those under way; what there is lives on.
     *
     * @return whether all changes are over
     */
    public boolean drain(Duration patience) throws InterruptedException {
        return inFlight.close(patience);
    }

    /** Ends what is under way in the background and lets go of everything; it lives on. */
    @Override
    public void close() {
        adoption.close();
        sandboxes.all().forEach(ManagedSandbox::letGo);
    }

    /**
     * Takes over a sandbox of an earlier life of the daemon: it is known from its record when this
     * returns, and found again in the background. One that was half made is undone.
     *
     * @throws IllegalArgumentException or a SandboxException if the record makes no sense
     */
    public void adopt(SandboxRecord record, Continuity continuity) {
        KnownSandbox known = SandboxRecordForm.known(record);
        switch (continuity) {
            case KEPT -> adoption.adopt(known, this::shutdown);
            case LOST -> adoption.adopt(known.withoutTasks(), this::shutdown);
        }
    }

    /** Lets begin what adoption has left to the background: the daemon answers calls by now. */
    public void recover() {
        adoption.proceed();
    }

    /** Ends and removes in the background what no record knows. All records have been adopted. */
    public void removeStrangers() {
        adoption.removeStrangers();
    }

    private void shutdown(ManagedSandbox managed) {
        managed.shutdown(tasks -> gone(managed, tasks));
    }

    /** The id is free from here on: what is another's by now is not touched. */
    private void gone(ManagedSandbox managed, List<Task> with) {
        with.forEach(task -> tasks.remove(new Placed(managed, task)));
        unclaimed.over(managed.id());
        sandboxes.remove(managed);
    }

    private Tombstone delete(Placed placed) {
        return placed.sandbox().deleteTask(placed.task(), () -> tasks.remove(placed));
    }

    private void removeUnclaimed(ManagedSandbox managed, boolean started) {
        try (var _ = inFlight.begin();
                var _ = LogContext.sandbox(managed.id())) {
            if (managed.removeUnclaimed(started, tasks -> gone(managed, tasks))) {
                LOGGER.log(
                        Level.WARNING,
                        started
                                ? "sandbox {0} was started and nobody spoke of it for {1}: removed"
                                : "sandbox {0} was created and nobody started it for {1}: removed",
                        managed.id(),
                        around.limits().claimWithin());
            }
        } catch (RuntimeException e) {
            LOGGER.log(Level.WARNING, "cannot remove sandbox " + managed.id(), e);
        }
    }
}
