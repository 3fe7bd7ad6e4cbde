// SPDX-License-Identifier: Apache-2.0
package io.silica.server.registry;

import io.silica.sandbox.ContainerId;
import io.silica.sandbox.ExitStatus;
import io.silica.sandbox.Platform;
import io.silica.sandbox.PodResources;
import io.silica.sandbox.Sandbox;
import io.silica.sandbox.SandboxException;
import io.silica.sandbox.SandboxId;
import io.silica.sandbox.SandboxSpec;
import io.silica.sandbox.SandboxState;
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
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.ScheduledExecutorService;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;

/**
 * All sandboxes of the daemon and all tasks in them. An id is taken from the first step of its
 * creation to the last step of its removal. Safe for use by any thread.
 */
public final class SandboxRegistry {
    private static final Logger LOGGER = System.getLogger(SandboxRegistry.class.getName());

    private final Sandboxer sandboxer;
    private final PodHost host;
    private final Surroundings around;
    private final InFlight inFlight = new InFlight();
    private final Set<SandboxId> taken = ConcurrentHashMap.newKeySet();
    private final ConcurrentMap<SandboxId, ManagedSandbox> sandboxes = new ConcurrentHashMap<>();
    private final TaskIndex tasks = new TaskIndex();
    private final StartDeadlines starts;

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
        this.starts = new StartDeadlines(timer, this::removeAbandoned);
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
        ManagedSandbox found = sandboxes.get(id);
        if (found == null) {
            throw new SandboxException.NotFound("there is no sandbox \"" + id + "\"");
        }
        return found;
    }

    /** All sandboxes, now. */
    public List<ManagedSandbox> sandboxes() {
        return List.copyOf(sandboxes.values());
    }

    /**
     * The task of that container.
     *
     * @throws SandboxException.NotFound if there is none
     */
    public Task task(ContainerId id) {
        return tasks.get(id).task();
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
            takeWithinLimit(id);
            undo.add(() -> taken.remove(id));
            PreparedPod pod = undo.owns(host.prepare(spec));
            Sandbox sandbox = undo.owns(sandboxer.create(spec));
            var managed = managed(spec, sandbox, pod, now(), new SandboxState.Created());
            undo.add(() -> around.records().delete(id));
            managed.save();
            starts.expect(managed, around.limits().startWithin());
            sandboxes.put(id, managed);
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
            starts.over(id);
            return managed;
        }
    }

    /** Ends a sandbox and everything in it; containerd still asks about it. */
    public void stop(SandboxId id) {
        try (var _ = inFlight.begin()) {
            sandbox(id).stop();
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
        ManagedSandbox sandbox = sandbox(request.sandbox());
        ContainerId id = request.id();
        try (var _ = inFlight.begin();
                var _ = LogContext.container(request.sandbox(), id);
                var undo = new Undo()) {
            tasks.take(id);
            undo.add(() -> tasks.free(id));
            Task task = sandbox.createTask(request, it -> tasks.enter(new Placed(sandbox, it)));
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
    public ExitStatus deleteTask(ContainerId id) {
        try (var _ = inFlight.begin()) {
            return delete(tasks.get(id));
        }
    }

    /**
     * Lets no change begin any more and waits for those under way; what there is lives on.
     *
     * @return whether all changes are over
     */
    public boolean close(Duration patience) throws InterruptedException {
        return inFlight.close(patience);
    }

    /**
     * Takes over a sandbox of an earlier life of the daemon. One that was never started is removed:
     * containerd's call failed with that life.
     *
     * @throws IllegalArgumentException or a SandboxException if the record makes no sense
     */
    public void adopt(SandboxRecord record) {
        SandboxSpec spec = SandboxRecordForm.spec(record);
        SandboxState recorded = SandboxRecordForm.state(record);
        Instant createdAt = SandboxRecordForm.createdAt(record);
        boolean started = !(recorded instanceof SandboxState.Created);
        take(spec.id());
        try (var undo = new Undo()) {
            undo.add(() -> taken.remove(spec.id()));
            Optional<Sandbox> found = sandboxer.adopt(spec, record.identity(), started);
            SandboxState state = found.isPresent() ? recorded : ended(recorded);
            Sandbox sandbox =
                    found.orElseGet(() -> new EndedSandbox(exit(state), record.identity()));
            var managed = managed(spec, sandbox, host.adopt(spec), createdAt, state);
            managed.releaseFormerTasks(record.tasks());
            sandboxes.put(spec.id(), managed);
            undo.keep();
            settle(managed, started);
        }
    }

    private void settle(ManagedSandbox managed, boolean started) {
        if (started) {
            managed.watch();
            managed.save();
            LOGGER.log(
                    Level.INFO, "adopted sandbox {0}: {1}", managed.id(), managed.state().label());
        } else {
            removeNeverStarted(managed);
        }
    }

    /** What cannot be removed now is tried again by the next life of the daemon. */
    private void removeNeverStarted(ManagedSandbox managed) {
        try {
            shutdown(managed);
            LOGGER.log(Level.INFO, "removed sandbox {0}, which was never started", managed.id());
        } catch (RuntimeException e) {
            LOGGER.log(Level.WARNING, "cannot remove sandbox " + managed.id(), e);
        }
    }

    private ManagedSandbox managed(
            SandboxSpec spec,
            Sandbox sandbox,
            PreparedPod pod,
            Instant createdAt,
            SandboxState state) {
        return new ManagedSandbox(spec, sandbox, pod, createdAt, state, around);
    }

    private void take(SandboxId id) {
        if (!taken.add(id)) {
            throw new SandboxException.AlreadyExists("sandbox \"" + id + "\" is there already");
        }
    }

    /** The limit is for new ones: what is found again is kept, whatever the limit is by now. */
    private void takeWithinLimit(SandboxId id) {
        synchronized (taken) {
            if (taken.size() >= around.limits().maximumSandboxes() && !taken.contains(id)) {
                throw new SandboxException.Exhausted(
                        "cannot create sandbox \"%s\": there are %d, and the limit is %d"
                                .formatted(id, taken.size(), around.limits().maximumSandboxes()));
            }
            take(id);
        }
    }

    private void shutdown(ManagedSandbox managed) {
        managed.shutdown(tasks -> gone(managed, tasks));
    }

    /** The id is free from here on: what is another's by now is not touched. */
    private void gone(ManagedSandbox managed, List<Task> with) {
        with.forEach(task -> tasks.remove(new Placed(managed, task)));
        sandboxes.remove(managed.id(), managed);
        starts.over(managed.id());
        taken.remove(managed.id());
    }

    private ExitStatus delete(Placed placed) {
        return placed.sandbox().deleteTask(placed.task(), () -> tasks.remove(placed));
    }

    private void removeAbandoned(ManagedSandbox managed) {
        try (var _ = inFlight.begin();
                var _ = LogContext.sandbox(managed.id())) {
            if (managed.removeUnlessStarted(tasks -> gone(managed, tasks))) {
                LOGGER.log(
                        Level.WARNING,
                        "sandbox {0} was created and not started within {1}: it is removed",
                        managed.id(),
                        around.limits().startWithin());
            }
        } catch (RuntimeException e) {
            LOGGER.log(Level.WARNING, "cannot remove sandbox " + managed.id(), e);
        }
    }

    private SandboxState ended(SandboxState recorded) {
        return recorded instanceof SandboxState.Stopped
                ? recorded
                : new SandboxState.Stopped(new ExitStatus(ExitStatus.UNKNOWN, now()));
    }

    private ExitStatus exit(SandboxState state) {
        return state instanceof SandboxState.Stopped(ExitStatus status)
                ? status
                : new ExitStatus(ExitStatus.UNKNOWN, now());
    }

    private Instant now() {
        return around.clock().instant();
    }
}
