// SPDX-License-Identifier: Apache-2.0
package io.silica.appkernel.gvisor;

import io.silica.appkernel.kernel.KernelContainer;
import io.silica.appkernel.kernel.KernelProcess;
import io.silica.linux.cgroup.CgroupException;
import io.silica.sandbox.ContainerId;
import io.silica.sandbox.ContainerObserver;
import io.silica.sandbox.ExecConfig;
import io.silica.sandbox.ExecId;
import io.silica.sandbox.ExitStatus;
import io.silica.sandbox.Failpoint;
import io.silica.sandbox.ProcessState;
import io.silica.sandbox.Resources;
import io.silica.sandbox.SandboxException;
import io.silica.sandbox.Statistics;
import io.silica.sandbox.Stdio;
import java.lang.System.Logger.Level;
import java.nio.file.Files;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.StringNode;

/** A subcontainer. */
final class GvisorContainer implements KernelContainer {
    private static final System.Logger LOG = System.getLogger(GvisorContainer.class.getName());
    private static final Duration PATIENCE = Duration.ofSeconds(10);
    private static final long PAUSE_MILLIS = 5;

    /** States as the sentry numbers them (gVisor, runsc/boot, ContainerRuntimeState). */
    private static final int BEING_CREATED = 1;

    private static final int RUNNING = 2;
    private static final int STOPPED = 3;

    private final ContainerId id;
    private final PodTools tools;
    private final ContainerPlace place;
    private final Sentry sentry;
    private final GvisorSandbox pod;
    private final GvisorInit init;
    private final Map<ExecId, GvisorExec> execs = new ConcurrentHashMap<>();
    private final Runnable onDelete;
    private final GrowingTime cpu = new GrowingTime();
    private volatile Resources limits;
    private volatile Statistics last = Statistics.none(InstantSource.system().instant());

    /**
     * Preconditions: its place is written.
     *
     * @param onDelete called at each delete
     */
    GvisorContainer(
            ContainerId id, PodTools tools, Sentry sentry, GvisorSandbox pod, Runnable onDelete) {
        this.id = id;
        this.tools = tools;
        this.place = tools.container(id);
        this.sentry = sentry;
        this.pod = pod;
        this.limits = place.limits();
        this.onDelete = onDelete;
        this.init =
                new GvisorInit(
                        id,
                        place,
                        terminal(GvisorInit.name(id), place.stdio(), Optional.empty()),
                        sentry,
                        this::forget);
    }

    private Optional<Terminal> terminal(String owner, Stdio stdio, Optional<ExecId> exec) {
        return stdio.terminal() ? Optional.of(tools.terminal(owner, id, exec)) : Optional.empty();
    }

    /** Finds out what is so with one of an earlier life of the daemon. */
    void find() {
        switch (settledState()) {
            case RUNNING -> init.begun();
            case STOPPED ->
                    init.endedUnseen(new ExitStatus(code(), InstantSource.system().instant()));
            default -> {}
        }
        place.execs().forEach(this::find);
    }

    /** One that was being deleted has nothing left to tell: the record knows it. */
    private int code() {
        try {
            return GvisorProcess.code(init.awaitStatus());
        } catch (SandboxException.NotFound _) {
            return ExitStatus.UNKNOWN;
        }
    }

    /** The start of a daemon that died may still be under way in the sentry. */
    private int settledState() {
        long end = System.nanoTime() + PATIENCE.toNanos();
        while (true) {
            int state = state();
            if (state != BEING_CREATED) {
                return state;
            }
            if (System.nanoTime() - end > 0) {
                throw new SandboxException.Unavailable(
                        "container \"%s\" is neither created nor started".formatted(id));
            }
            try {
                Thread.sleep(PAUSE_MILLIS);
            } catch (InterruptedException _) {
                Thread.currentThread().interrupt();
                throw new SandboxException.Cancelled("interrupted while a container starts");
            }
        }
    }

    /** A sentry says of a container that it never had that it is stopped; runsc knows better. */
    private int state() {
        int state =
                sentry.control()
                        .call("ContainerRuntimeState", StringNode.valueOf(id.value()))
                        .asInt();
        return state == STOPPED && !Files.exists(tools.places().state(id.value())) ? 0 : state;
    }

    private void find(ExecId exec) {
        var found = place.exec(exec);
        if (!found.isComplete()) {
            found.remove();
            return;
        }
        try {
            find(exec, found);
        } catch (SandboxException.Failed e) {
            LOG.log(
                    Level.ERROR,
                    "process \"{0}\" of container \"{1}\" is lost: {2}",
                    exec,
                    id,
                    e.getMessage());
            found.remove();
        }
    }

    private void find(ExecId exec, ExecPlace found) {
        var process = exec(exec, found);
        if (found.pid().isPresent()) {
            process.found(found.pid().getAsInt());
        } else if (found.mayHaveStarted()) {
            process.endedUnseen(
                    new ExitStatus(ExitStatus.UNKNOWN, InstantSource.system().instant()));
        }
    }

    @Override
    public ContainerId id() {
        return id;
    }

    @Override
    public KernelProcess init() {
        return init;
    }

    @Override
    public KernelProcess exec(ExecConfig config) {
        var made = place.exec(config.id());
        // What a daemon that died has left of it.
        made.remove();
        made.create(config.process(), config.stdio());
        return exec(config.id(), made);
    }

    private GvisorExec exec(ExecId exec, ExecPlace made) {
        var name = "process \"%s\" of container \"%s\"".formatted(exec, id);
        var process =
                new GvisorExec(
                        name,
                        id,
                        made,
                        terminal(name, made.stdio(), Optional.of(exec)),
                        sentry,
                        () -> {
                            made.remove();
                            execs.remove(exec);
                        });
        execs.put(exec, process);
        return process;
    }

    @Override
    public Map<ExecId, KernelProcess> execs() {
        return Map.copyOf(execs);
    }

    /** One question at a time, so that no answer is older than one that was told. */
    @Override
    public Statistics statistics() {
        synchronized (cpu) {
            return statisticsNow();
        }
    }

    private Statistics statisticsNow() {
        var state = init.state();
        boolean lives =
                state instanceof ProcessState.Running || state instanceof ProcessState.Paused;
        if (sentry.isAlive() && lives) {
            var event = sentry.control().call("Event", StringNode.valueOf(id.value()));
            var data = event.path("event").path("data");
            last =
                    new Statistics(
                            InstantSource.system().instant(),
                            cpu.told(figure(cpuNanos(event))),
                            figure(data.path("memory").path("usage").path("usage").asLong(0)),
                            0,
                            0,
                            figure(data.path("pids").path("current").asLong(0)),
                            0);
        }
        return last;
    }

    /**
     * A container with a cgroup mounted inside, as CRI's have it, is counted by that; of the others
     * the sentry tells all at once (gVisor, runsc/boot, Event).
     */
    private long cpuNanos(JsonNode event) {
        var usage = event.path("containerUsage").path(id.value());
        var counted = event.path("event").path("data").path("cpu").path("usage").path("total");
        return (usage.isNumber() ? usage : counted).asLong(0);
    }

    @Override
    public void observer(ContainerObserver hears) {
        init.observer(hears);
    }

    /** What it may use. */
    Resources limits() {
        return limits;
    }

    /** Its part of what the pod may use; there is nobody to hold it to it alone. */
    @Override
    public void update(Resources wanted) {
        if (tools.cgroup().isEmpty()) {
            throw new SandboxException.Unsupported(
                    "container \"%s\" cannot be limited: its pod has no cgroup".formatted(id));
        }
        var before = limits;
        // Where this fails nothing has changed.
        place.limits(wanted);
        limits = wanted;
        try {
            if (!pod.limitToSum()) {
                putBack(before);
                throw new SandboxException.WrongState(
                        "cannot limit container \"%s\" to %d bytes: its pod uses more than its containers could then have together"
                                .formatted(id, wanted.memoryLimitBytes()));
            }
        } catch (CgroupException e) {
            putBack(before);
            throw new SandboxException.Failed(
                    "cannot limit container \"%s\": %s".formatted(id, e.getMessage()), e);
        }
    }

    /** Of the pod's limits one may have been set before the other was refused. */
    private void putBack(Resources before) {
        limits = before;
        pod.limit();
        place.limits(before);
    }

    /** The others of the pod would be paused as well. */
    @Override
    public void pause() {
        sentry.freeze()
                .pause(() -> {
                    if (pod.living().anyMatch(it -> it != this && it.isRunning())) {
                        throw new SandboxException.Unsupported(
                                "cannot pause container \"%s\": a sentry is paused as a whole, and other containers of its pod run"
                                        .formatted(id));
                    }
                });
    }

    private boolean isRunning() {
        return init.state() instanceof ProcessState.Running;
    }

    @Override
    public void resume() {
        sentry.freeze().resume();
    }

    private static long figure(long told) {
        return Math.max(0, told);
    }

    /** Lets go of its processes. */
    void letGo() {
        init.letGo();
        execs.values().forEach(GvisorProcess::letGo);
    }

    private void forget() {
        Failpoint.at("gvisor.container.destroyed");
        execs.values().forEach(GvisorProcess::letGo);
        tools.remove(id);
        onDelete.run();
    }
}
