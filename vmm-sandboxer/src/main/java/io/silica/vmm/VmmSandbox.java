// SPDX-License-Identifier: Apache-2.0
package io.silica.vmm;

import com.google.protobuf.ByteString;
import com.google.protobuf.Timestamp;
import io.silica.proto.containerd.task.Status;
import io.silica.proto.guest.GuestContainer;
import io.silica.proto.guest.GuestContainerState;
import io.silica.proto.guest.GuestProcessState;
import io.silica.proto.guest.PrepareRequest;
import io.silica.proto.guest.ProcessPhase;
import io.silica.proto.guest.RefreshRequest;
import io.silica.sandbox.AdoptedContainer;
import io.silica.sandbox.AdoptedProcess;
import io.silica.sandbox.Container;
import io.silica.sandbox.ContainerConfig;
import io.silica.sandbox.ContainerId;
import io.silica.sandbox.ContainerObserver;
import io.silica.sandbox.ExecId;
import io.silica.sandbox.Exit;
import io.silica.sandbox.ExitStatus;
import io.silica.sandbox.FormerContainer;
import io.silica.sandbox.FormerProcess;
import io.silica.sandbox.PodResources;
import io.silica.sandbox.ProcessState;
import io.silica.sandbox.Sandbox;
import io.silica.sandbox.SandboxException;
import io.silica.sandbox.Statistics;
import io.silica.vmm.agent.Agent;
import io.silica.vmm.agent.GuestMachine;
import io.silica.vmm.agent.GuestTask;
import io.silica.vmm.hypervisor.Device;
import io.silica.vmm.hypervisor.Machine;
import io.silica.vmm.hypervisor.MachineConfig;
import io.silica.vmm.hypervisor.MachineEnd;
import io.silica.vmm.network.PodNetwork;
import io.silica.vmm.storage.GuestSpec;
import io.silica.vmm.storage.PodShare;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** A pod in a machine of its own: the boundary is the machine, and ends with it. */
final class VmmSandbox implements Sandbox {
    /** By which the guest mounts what the host shows it. */
    private static final String SHARE_TAG = "silica";

    private static final long SHARED_MEMORY = 64L << 20;
    private static final int ENTROPY_BYTES = 64;
    private static final Duration KILL_PATIENCE = Duration.ofSeconds(2);
    private static final Duration QUIT_PATIENCE = Duration.ofSeconds(1);

    private final PodTools pod;
    private final Agent agent;
    private final GuestMachine guest;
    private final Runnable onClose;
    private final Exit exit = new Exit();
    private final Map<ContainerId, VmmContainer> containers = new ConcurrentHashMap<>();
    private Optional<PodNetwork.Attachment> attachment = Optional.empty();
    private volatile @Nullable Machine machine;
    private volatile boolean stopping;

    /**
     * Preconditions: its places are there.
     *
     * @param found the machine, if an earlier life of the daemon has booted it
     * @param onClose called at each {@link #close}
     */
    VmmSandbox(PodTools pod, Optional<Machine> found, Runnable onClose) {
        this.pod = pod;
        this.onClose = onClose;
        this.agent =
                Agent.listen(pod.places().agent(), pod.spec().id(), pod.places().nextSession());
        this.guest = new GuestMachine(agent);
        found.ifPresent(this::runs);
    }

    @Override
    public synchronized int start() {
        var running = machine;
        if (running == null) {
            running = boot();
            runs(running);
        }
        try {
            if (!agent.awaitAttached(pod.config().bootPatience()).getPrepared()) {
                guest.prepare(prepareRequest());
            }
            return running.pid();
        } catch (SandboxException e) {
            var why = withConsole(e, running);
            stop();
            throw why;
        }
    }

    private Machine boot() {
        var share = pod.places().share();
        pod.run("show files to sandbox \"%s\"".formatted(pod.spec().id()), share::create);
        var devices = new ArrayList<Device>();
        devices.add(new Device.Console());
        devices.add(new Device.Vsock(pod.places().vsock()));
        devices.add(new Device.SharedDirectory(SHARE_TAG, share.exported()));
        var attached = pod.network().attach(pod.spec());
        attachment = Optional.of(attached);
        devices.addAll(attached.devices());
        var size = GuestSize.of(pod.spec(), pod.config().size());
        var config =
                new MachineConfig(
                        pod.places().machine(),
                        size.processors(),
                        size.memoryBytes(),
                        devices,
                        pod.network().namespace(pod.spec()),
                        pod::joinCgroup);
        try (var prepared = pod.hypervisor().prepare(config)) {
            return prepared.boot();
        }
    }

    private PrepareRequest prepareRequest() {
        var entropy = new byte[ENTROPY_BYTES];
        new SecureRandom().nextBytes(entropy);
        var now = Instant.now();
        return attachment.orElseGet(() -> pod.network().attach(pod.spec())).guest().toBuilder()
                .setHostname(pod.spec().hostname())
                .setRefresh(
                        RefreshRequest.newBuilder()
                                .setNow(
                                        Timestamp.newBuilder()
                                                .setSeconds(now.getEpochSecond())
                                                .setNanos(now.getNano()))
                                .setEntropy(ByteString.copyFrom(entropy)))
                .setShareTag(SHARE_TAG)
                .setShmSize(SHARED_MEMORY)
                .build();
    }

    /** A guest that does not boot says why on its console, if at all. */
    private SandboxException withConsole(SandboxException failure, Machine running) {
        var console = running.console();
        var end = running.end().map(MachineEnd::words).orElse("the guest is up and says nothing");
        return new SandboxException.Unavailable(
                "sandbox \"%s\" did not start: %s; %s%s"
                        .formatted(
                                pod.spec().id(),
                                failure.getMessage(),
                                end,
                                console.isEmpty() ? "" : "; the guest said: " + console),
                failure);
    }

    private void runs(Machine started) {
        machine = started;
        started.exit()
                .onExit(status -> {
                    var why = started.end().map(MachineEnd::words).orElse("it has ended");
                    Thread.ofVirtual()
                            .name("end of " + pod.spec().id())
                            .start(() -> ended(status, why));
                });
    }

    /** The containers' ends are told by their own threads. */
    private void ended(ExitStatus status, String why) {
        agent.end("sandbox \"%s\" has ended: %s".formatted(pod.spec().id(), why));
        exit.complete(stopping ? new ExitStatus(0, status.at()) : status);
    }

    @Override
    public Exit exit() {
        return exit;
    }

    private Machine running() {
        var running = machine;
        if (running == null || running.exit().status().isPresent()) {
            throw new SandboxException.WrongState(
                    "sandbox \"%s\" does not run".formatted(pod.spec().id()));
        }
        return running;
    }

    @Override
    public Container createContainer(ContainerConfig config, ContainerObserver observer) {
        var running = running();
        var task = new GuestTask(agent, config.id(), Optional.empty());
        var spec = GuestSpec.of(config);
        var share = pod.places().share();
        try {
            var mounts = pod.call("show the files of " + task.name(), () -> share.add(config));
            pod.places().writeProcess(config.id(), GuestSpec.process(config));
            var described =
                    GuestContainer.newBuilder()
                            .setSpec(ByteString.copyFrom(spec))
                            .setRootfs(PodShare.rootfs(config.id()))
                            .setWritableBytes(pod.config().writableBytes())
                            .addAllMounts(mounts)
                            .build();
            var process =
                    VmmProcess.create(
                            pod,
                            agent,
                            running,
                            task,
                            config.stdio(),
                            () -> create(task, described, config));
            return container(config.id(), process, observer);
        } catch (SandboxException e) {
            release(config.id());
            throw e;
        }
    }

    /** An id that is taken is so by the creation of a daemon that died, which came late. */
    private static void create(GuestTask task, GuestContainer made, ContainerConfig config) {
        try {
            task.create(made, config.stdio());
        } catch (SandboxException.AlreadyExists _) {
            task.discard();
            task.create(made, config.stdio());
        }
    }

    private VmmContainer container(ContainerId id, VmmProcess init, ContainerObserver observer) {
        var made = new VmmContainer(pod, agent, running(), id, init);
        init.onOutOfMemory(() -> hasRunOutOfMemory(id), observer);
        init.onDelete(() -> {
            made.letGo();
            release(id);
            containers.remove(id);
        });
        containers.put(id, made);
        init.begin();
        return made;
    }

    private void release(ContainerId id) {
        pod.run(
                "take away the files of container \"%s\"".formatted(id),
                () -> pod.places().share().remove(id));
        pod.places().removeProcess(id);
    }

    private boolean hasRunOutOfMemory(ContainerId id) {
        return guest.containers().stream()
                .filter(it -> it.getId().equals(id.value()))
                .flatMap(it -> it.getProcessesList().stream())
                .anyMatch(it -> it.getExecId().isEmpty() && it.getOomKilled());
    }

    @Override
    public List<AdoptedContainer> adoptContainers(List<FormerContainer> former) {
        var running = machine;
        if (running == null || running.exit().status().isPresent()) {
            return List.of();
        }
        var wanted =
                former.stream()
                        .collect(Collectors.toMap(it -> it.id().value(), Function.identity()));
        var adopted = new ArrayList<AdoptedContainer>();
        for (var found : guest.containers()) {
            var known = wanted.get(found.getId());
            if (known == null) {
                discard(found);
            } else {
                adopted.add(adopted(found, known));
            }
        }
        return adopted;
    }

    private void discard(GuestContainerState found) {
        try {
            var id = new ContainerId(found.getId());
            new GuestTask(agent, id, Optional.empty()).discard();
            release(id);
        } catch (SandboxException.InvalidArgument _) {
            // No container of ours is called like this: it is the guest's own affair.
        }
    }

    private AdoptedContainer adopted(GuestContainerState found, FormerContainer former) {
        var known = containers.get(former.id());
        if (known != null) {
            // An earlier try got so far.
            known.letGo();
        }
        var processes = new HashMap<String, GuestProcessState>();
        found.getProcessesList().forEach(it -> processes.put(it.getExecId(), it));
        var state =
                state(
                        new GuestTask(agent, former.id(), Optional.empty()),
                        processes.get(""),
                        former.init());
        var init = process(former.id(), Optional.empty(), former.init(), state);
        var container = container(former.id(), init, former.observer());
        var execs = new HashMap<ExecId, AdoptedProcess>();
        processes.forEach((exec, process) -> {
            if (!exec.isEmpty()) {
                adoptExec(container, former, process)
                        .ifPresent(it -> execs.put(new ExecId(exec), it));
            }
        });
        return new AdoptedContainer(former.id(), container, state, execs);
    }

    private Optional<AdoptedProcess> adoptExec(
            VmmContainer container, FormerContainer former, GuestProcessState found) {
        ExecId exec;
        try {
            exec = new ExecId(found.getExecId());
        } catch (SandboxException.InvalidArgument _) {
            return Optional.empty();
        }
        var task = new GuestTask(agent, former.id(), Optional.of(exec));
        var known = former.execs().get(exec);
        if (known == null) {
            task.discard();
            return Optional.empty();
        }
        var state = state(task, found, known);
        var process = process(former.id(), Optional.of(exec), known, state);
        return Optional.of(new AdoptedProcess(container.added(exec, process), state));
    }

    private VmmProcess process(
            ContainerId container,
            Optional<ExecId> exec,
            FormerProcess former,
            ProcessState state) {
        var task = new GuestTask(agent, container, exec);
        var known =
                state instanceof ProcessState.Stopped(ExitStatus status)
                        ? Optional.of(status)
                        : Optional.<ExitStatus>empty();
        return VmmProcess.find(pod, agent, running(), task, former.stdio(), known);
    }

    /**
     * What is so with a process. One that has ended since the record was written is told as running
     * until its output is where containerd reads it.
     */
    private static ProcessState state(
            GuestTask task, @Nullable GuestProcessState found, FormerProcess former) {
        if (former.state() instanceof ProcessState.Stopped told) {
            return told;
        }
        var phase = found == null ? ProcessPhase.PROCESS_PHASE_STOPPED : found.getPhase();
        return switch (phase) {
            case PROCESS_PHASE_CREATED -> new ProcessState.Created();
            case PROCESS_PHASE_RUNNING, PROCESS_PHASE_UNSPECIFIED, UNRECOGNIZED ->
                    former.state() instanceof ProcessState.Paused paused
                                    && task.status() == Status.PAUSED
                            ? paused
                            : new ProcessState.Running();
            case PROCESS_PHASE_STOPPED -> new ProcessState.Running();
        };
    }

    @Override
    public void stop() {
        stopping = true;
        var running = machine;
        if (running != null) {
            if (running.exit().status().isEmpty()) {
                powerOff(running);
            }
            running.quit(QUIT_PATIENCE);
            // Whoever waits for a container is told before it is let go of.
            ended(new ExitStatus(0, InstantSource.system().instant()), "it was stopped");
            containers.values().forEach(VmmContainer::awaitEnd);
        }
        agent.end("sandbox \"%s\" was stopped".formatted(pod.spec().id()));
        exit.complete(new ExitStatus(0, InstantSource.system().instant()));
    }

    /** A guest that does not answer, or does not want to, ends all the same. */
    private void powerOff(Machine running) {
        if (!agent.isAttached()) {
            return;
        }
        try {
            containers.values().forEach(VmmContainer::kill);
            guest.powerOff(Duration.ZERO, KILL_PATIENCE);
            awaitEnd(running);
        } catch (SandboxException _) {
            // By force, then.
        }
    }

    private void awaitEnd(Machine running) {
        var over = new CountDownLatch(1);
        try (var _ = running.exit().onExit(_ -> over.countDown())) {
            var _ = over.await(pod.config().stopGrace().toNanos(), TimeUnit.NANOSECONDS);
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
            throw new SandboxException.Cancelled("interrupted while a guest powers off");
        }
    }

    /** What the guest as a whole uses; what its machine takes on the host, its cgroup tells. */
    @Override
    public Statistics statistics() {
        return guest.statistics(InstantSource.system().instant());
    }

    /** What the pod may use is the limit of its cgroup, which is the server's. */
    @Override
    public void update(PodResources resources) {}

    @Override
    public Map<String, String> identity() {
        return Map.of("hypervisor", pod.hypervisor().name());
    }

    /** Lets go of the machine, which lives on. */
    void letGo() {
        containers.values().forEach(VmmContainer::letGo);
        agent.close();
        var running = machine;
        if (running != null) {
            running.close();
        }
    }

    @Override
    public void close() {
        stop();
        letGo();
        pod.run(
                "remove the files of sandbox \"%s\"".formatted(pod.spec().id()),
                () -> {
                    pod.hypervisor().remove(pod.places().machine());
                    pod.places().share().remove();
                    pod.places().remove();
                });
        pod.names().removeAll(pod.parking());
        pod.host().close();
        onClose.run();
    }

    @Override
    public String toString() {
        return "sandbox \"" + pod.spec().id() + '"';
    }
}
