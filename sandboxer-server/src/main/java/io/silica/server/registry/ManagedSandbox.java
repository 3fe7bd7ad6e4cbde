// SPDX-License-Identifier: Apache-2.0
package io.silica.server.registry;

import io.silica.sandbox.ContainerId;
import io.silica.sandbox.ExecId;
import io.silica.sandbox.Exit;
import io.silica.sandbox.ExitStatus;
import io.silica.sandbox.Failpoint;
import io.silica.sandbox.PodResources;
import io.silica.sandbox.Sandbox;
import io.silica.sandbox.SandboxException;
import io.silica.sandbox.SandboxId;
import io.silica.sandbox.SandboxRequest;
import io.silica.sandbox.SandboxSpec;
import io.silica.sandbox.SandboxState;
import io.silica.sandbox.Statistics;
import io.silica.server.host.ContainerRequest;
import io.silica.server.host.PreparedPod;
import io.silica.server.logging.LogContext;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;

/**
 * A sandbox as containerd sees it: the kind's sandbox, what the host prepared, and its tasks.
 *
 * <p>One of an earlier life of the daemon is answered for from its record at once and found again
 * in the background: first the sandbox ({@link #found}), then its containers ({@link #adoptTasks}),
 * then what was left half-done ({@link #settle}). A change waits for the step that it needs, and is
 * Unavailable if that takes too long.
 */
public final class ManagedSandbox {
    private final KnownSandbox known;
    private final Reached<Sandbox> sandbox;
    private final Reached<Sandbox> settled;
    private final PreparedPod pod;
    private final Surroundings around;
    private final SandboxStatus status;
    private final Driver driver;
    private final SampleCache samples;
    private final RecordWriter record;
    private final SandboxTasks tasks;
    private volatile SandboxSpec spec;
    private volatile boolean started;
    private volatile boolean claimed;
    private volatile boolean gone;

    /** One that was made. */
    ManagedSandbox(KnownSandbox known, Sandbox made, PreparedPod pod, Surroundings around) {
        this(known, Reached.now(made), Reached.now(made), pod, around);
    }

    /** One of an earlier life of the daemon. */
    ManagedSandbox(KnownSandbox known, PreparedPod pod, Surroundings around) {
        this(known, later(known, around), later(known, around), pod, around);
    }

    private static Reached<Sandbox> later(KnownSandbox known, Surroundings around) {
        return Reached.later("sandbox \"" + known.id() + "\"", around.limits().agentPatience());
    }

    private ManagedSandbox(
            KnownSandbox known,
            Reached<Sandbox> sandbox,
            Reached<Sandbox> settled,
            PreparedPod pod,
            Surroundings around) {
        RegistryConfig limits = around.limits();
        this.known = known;
        this.sandbox = sandbox;
        this.settled = settled;
        this.pod = pod;
        this.around = around;
        this.spec = known.spec();
        this.status = new SandboxStatus(known.id(), known.state());
        this.claimed = known.claimed();
        this.started = !(known.state() instanceof SandboxState.Created);
        this.driver =
                new Driver(
                        "sandbox-" + known.id(),
                        () -> LogContext.sandbox(known.id()),
                        limits.patience());
        this.samples =
                new SampleCache(
                        name(),
                        () -> sandbox.get().statistics(),
                        limits.samplesFreshFor(),
                        limits.samplePatience());
        this.record = new RecordWriter(around.records(), known.id(), this::present);
        this.tasks = new SandboxTasks(pod, record, around, known);
    }

    /** Its identifier. */
    public SandboxId id() {
        return known.id();
    }

    /** What was asked of it. */
    public SandboxSpec spec() {
        return spec;
    }

    /** When it was created. */
    public Instant createdAt() {
        return known.createdAt();
    }

    /** What is so now. */
    public SandboxState state() {
        return status.state();
    }

    /** Its end, known only after {@link #state} tells it. */
    public Exit exit() {
        return status.exit();
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
        status.admits(SandboxRequest.METRICS);
        return samples.get();
    }

    /** Whether it was started once. */
    boolean isStarted() {
        return started;
    }

    /** Whether somebody has spoken of it since its start. */
    boolean isClaimed() {
        return claimed;
    }

    /**
     * Somebody speaks of it.
     *
     * @return whether this is the first word since its start
     */
    boolean claim() {
        if (claimed || !started) {
            return false;
        }
        claimed = true;
        driver.post("note that " + name() + " is claimed", record::note);
        return true;
    }

    /** Whether it has been removed, so that nothing of it need be found again. */
    boolean isGone() {
        return gone;
    }

    /** Whether the kind has found it again, or has made it. */
    boolean isFound() {
        return sandbox.known().isPresent();
    }

    /** Uses the host no more; what it has there stays. */
    void letGo() {
        pod.letGo();
    }

    /** Writes what is so into the record. */
    void save() {
        record.save();
    }

    /** Begins to listen for the end. */
    void watch() {
        sandbox.get().exit().onExit(this::ended);
    }

    /** The kind has found it again. */
    void found(Sandbox it) {
        sandbox.is(it);
        if (known.halfMade()) {
            settled.is(it);
        }
        watch();
    }

    /** Finds its containers again; may be repeated. */
    void adoptTasks() {
        tasks.adopt(known.tasks(), sandbox.get());
    }

    /** Undoes what an earlier life left half-done, and lets requests go on; may be repeated. */
    void settle() {
        driver.call(
                "prepare " + name() + " again",
                () -> {
                    if (!gone) {
                        restore();
                    }
                    return gone;
                });
        settled.is(sandbox.get());
    }

    private void restore() {
        pod.complete();
        tasks.releaseTraces();
    }

    /** Changes what the pod may use. */
    void update(UnaryOperator<PodResources> wish) {
        change(
                SandboxRequest.UPDATE,
                () -> {
                    PodResources wanted = wish.apply(spec.resources());
                    Failpoint.at("sandbox.update.before");
                    pod.update(wanted);
                    sandbox.get().update(wanted);
                    spec = spec.with(wanted);
                    Failpoint.at("sandbox.update.done");
                    save();
                    Failpoint.at("sandbox.update.noted");
                });
    }

    /**
     * Starts it. One that could not be started the first time is removed, before any request that
     * waits behind this one is looked at.
     *
     * @param whenGone as in {@link #shutdown}
     */
    void start(Consumer<List<Task>> whenGone) {
        sandbox.get();
        driver.call(
                "start " + name(),
                () -> {
                    requireThere();
                    try {
                        if (status.admits(SandboxRequest.START)) {
                            startNow();
                        }
                    } catch (RuntimeException e) {
                        removeAfter(e, whenGone);
                        throw e;
                    }
                    return started;
                });
    }

    /**
     * Ends it and all in it. Its containers are found again first, so that their true ends are
     * told; but an agent that does not answer keeps nobody from ending the sandbox without it.
     */
    void stop() {
        settled.await();
        change(SandboxRequest.STOP, this::stopNow);
    }

    /**
     * Ends it and releases everything that it has.
     *
     * @param whenGone is told, before the caller is, which containers went with it
     */
    void shutdown(Consumer<List<Task>> whenGone) {
        settled.await();
        change(SandboxRequest.SHUTDOWN, () -> remove(whenGone));
    }

    /**
     * Removes it if it still waits for what it waited for.
     *
     * @param forClaim for the first word after its start; otherwise for the start
     * @param whenGone as in {@link #shutdown}
     * @return whether it was removed
     */
    boolean removeUnclaimed(boolean forClaim, Consumer<List<Task>> whenGone) {
        sandbox.get();
        return driver.call(
                "remove " + name(),
                () -> {
                    boolean due = started == forClaim && !claimed && !gone;
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
     * @param exit takes it out again
     */
    Task createTask(ContainerRequest request, Consumer<Task> entry, Consumer<Task> exit) {
        status.admits(SandboxRequest.CREATE_CONTAINER);
        return tasks.create(request, settled.get(), task -> enter(task, entry), exit);
    }

    /**
     * Deletes a container and releases what the host prepared for it.
     *
     * @param whenGone is told before the caller is
     */
    Tombstone deleteTask(Task task, Runnable whenGone) {
        return tasks.delete(task, whenGone);
    }

    /** What a delete was answered, if it was lately. */
    Optional<Tombstone> tombstone(ContainerId container, Optional<ExecId> exec) {
        return tasks.tombstone(container, exec);
    }

    private SandboxRecord present() {
        return SandboxRecordForm.record(
                spec,
                sandbox.known().map(Sandbox::identity).orElse(known.identity()),
                createdAt(),
                state(),
                claimed,
                tasks.records(),
                tasks.deleted());
    }

    private void startNow() {
        Failpoint.at("sandbox.start.before");
        int pid = sandbox.get().start();
        Failpoint.at("sandbox.start.done");
        status.started(pid, around.clock().instant());
        record.save();
        Failpoint.at("sandbox.start.noted");
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
        if (!status.isStopped()) {
            stopNow();
        }
        Failpoint.at("sandbox.shutdown.before");
        release();
        whenGone.accept(tasks());
        gone = true;
    }

    private void stopNow() {
        Sandbox it = sandbox.get();
        Failpoint.at("sandbox.stop.before");
        it.stop();
        Failpoint.at("sandbox.stop.done");
        ended(it.exit().status().orElseGet(() -> new ExitStatus(0, around.clock().instant())));
    }

    private void ended(ExitStatus exit) {
        status.ended(exit, () -> driver.post("note the end of " + name(), record::note));
    }

    private void release() {
        sandbox.get().close();
        Failpoint.at("sandbox.shutdown.closed");
        tasks.release();
        pod.close();
        Failpoint.at("sandbox.shutdown.released");
        record.delete();
        Failpoint.at("sandbox.shutdown.noted");
    }

    /** A shutdown comes before, and then it is refused, or after, and then it is known. */
    private void enter(Task task, Consumer<Task> entry) {
        status.whileAdmitted(
                SandboxRequest.CREATE_CONTAINER,
                () -> {
                    tasks.enter(task);
                    entry.accept(task);
                });
    }

    /** A request may have waited until the sandbox was removed, and its id be another's by now. */
    private void requireThere() {
        if (gone) {
            throw new SandboxException.NotFound("there is no " + name() + " any more");
        }
    }

    private void change(SandboxRequest request, Runnable effect) {
        sandbox.get();
        driver.call(
                request.verb() + " " + name(),
                () -> {
                    requireThere();
                    if (status.admits(request)) {
                        effect.run();
                    }
                    return request;
                });
    }

    private String name() {
        return "sandbox \"" + id() + "\"";
    }
}
