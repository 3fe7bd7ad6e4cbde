// SPDX-License-Identifier: Apache-2.0
package io.silica.appkernel.gvisor;

import io.silica.appkernel.kernel.KernelContainer;
import io.silica.appkernel.kernel.KernelSandbox;
import io.silica.linux.OwnFiles;
import io.silica.linux.cgroup.CgroupException;
import io.silica.linux.ports.PortForwards;
import io.silica.sandbox.ContainerConfig;
import io.silica.sandbox.ContainerId;
import io.silica.sandbox.Exit;
import io.silica.sandbox.ExitStatus;
import io.silica.sandbox.Failpoint;
import io.silica.sandbox.PodResources;
import io.silica.sandbox.ProcessState;
import io.silica.sandbox.Resources;
import io.silica.sandbox.SandboxException;
import io.silica.sandbox.SandboxNetwork;
import io.silica.sandbox.Signal;
import io.silica.sandbox.Statistics;
import java.lang.System.Logger.Level;
import java.nio.file.Files;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.StringNode;

/** A pod with a sentry of its own. */
final class GvisorSandbox implements KernelSandbox {
    private static final System.Logger LOG = System.getLogger(GvisorSandbox.class.getName());

    private final PodTools tools;
    private final Runnable onClose;
    private final Exit exit = new Exit();
    private final Map<ContainerId, GvisorContainer> containers = new ConcurrentHashMap<>();
    private PodResources resources;
    private Resources enforced;
    private volatile @Nullable Sentry sentry;
    private volatile Optional<PortForwards> ports = Optional.empty();
    private Optional<NetworkClaims.Claim> claim = Optional.empty();
    private volatile boolean stopping;
    private volatile boolean ranOutOfMemory;

    /**
     * Preconditions: its places are there.
     *
     * @param onClose called at each {@link #close}
     */
    GvisorSandbox(PodTools tools, Runnable onClose) {
        this.tools = tools;
        this.onClose = onClose;
        this.resources = tools.spec().resources();
        this.enforced = limits(List.of());
    }

    private Resources limits(List<Resources> asked) {
        return new PodLimits(resources, asked).effective();
    }

    /**
     * Goes on with the sentry of an earlier life of the daemon, or with the end that it has had.
     *
     * @return false if it is gone, and there is nothing to tell about that
     */
    synchronized boolean find() {
        enforced = PodLimits.UNKNOWN;
        var record = SentryRecord.load(tools.places()).or(this::begun);
        var found = record.flatMap(this::running);
        found.ifPresent(it -> {
            goOnWithNetwork();
            runs(it);
        });
        if (record.isPresent() && found.isEmpty() && MemoryKills.of(tools).tookSentry()) {
            ranOutOfMemory = true;
            exit.complete(new ExitStatus(Signal.KILL.exitCode(), InstantSource.system().instant()));
        }
        return found.isPresent() || ranOutOfMemory;
    }

    /** One that runs although the daemon that started it died before it had written that down. */
    private Optional<SentryRecord> begun() {
        var begun = SentryRecord.begun(tools.places());
        begun.ifPresent(it -> it.save(tools.places()));
        return begun;
    }

    /** It has the addresses, whoever else may have been given the namespace. */
    private void goOnWithNetwork() {
        try {
            claim = tools.claimNetwork();
        } catch (SandboxException e) {
            LOG.log(Level.WARNING, "{0}", e.getMessage());
        }
    }

    private Optional<Sentry> running(SentryRecord record) {
        return Optional.of(record)
                .filter(it -> tools.processes().isSentry(it.identity()))
                .flatMap(it -> Sentry.find(it, tools));
    }

    @Override
    public synchronized int start() {
        var running = sentry;
        if (running != null) {
            return running.pid();
        }
        requireNetwork();
        try {
            OwnFiles.write(
                    tools.places().pod().resolve("config.json"),
                    Bundles.pod(tools.spec(), tools.config().podRoot(), "/pod-init"));
            tools.runsc().createPod(tools.places(), tools.network());
            Failpoint.at("gvisor.pod.created");
            // Before it has memory worth speaking of, and starts what guests run in.
            tools.joinCgroup();
            noteNetworkTaken();
            tools.runsc().startPod(tools.places(), tools.network());
            Failpoint.at("gvisor.pod.started");
            return found().pid();
        } catch (RuntimeException e) {
            // Also if something could not be written down: nobody would find what runs.
            tools.processes().kill();
            throw e;
        }
    }

    /** A sentry that has begun with a namespace has left no address in it for another one. */
    private void requireNetwork() {
        if (Files.exists(tools.places().networkTaken())) {
            throw new SandboxException.WrongState(
                    "cannot start sandbox \"%s\" again: the start that failed may have taken the addresses of its network namespace"
                            .formatted(tools.spec().id()));
        }
        if (claim.isEmpty()) {
            claim = tools.claimNetwork();
        }
    }

    private void noteNetworkTaken() {
        if (claim.isPresent()) {
            tools.places().noteNetworkTaken();
        }
    }

    private Sentry found() {
        var record = SentryRecord.ofRunsc(tools.places());
        record.save(tools.places());
        var found =
                running(record)
                        .orElseThrow(() ->
                                new SandboxException.Failed(
                                        "the sentry ended when it had just begun"));
        runs(found);
        return found;
    }

    private void runs(Sentry started) {
        sentry = started;
        started.death().onExit(this::ended);
        if (tools.network() != GvisorNetwork.HOST
                && tools.spec().network() instanceof SandboxNetwork.Namespace(var path)) {
            var dialler = new SentryPorts(started.control(), tools.poller());
            ports = PortForwards.open(path, dialler, tools.poller(), tools.ports());
        }
    }

    private void ended(ExitStatus status) {
        exit.complete(stopping ? new ExitStatus(0, status.at()) : status);
    }

    @Override
    public int pid() {
        var running = sentry;
        return running == null ? 0 : running.pid();
    }

    @Override
    public Exit exit() {
        return exit;
    }

    @Override
    public boolean ranOutOfMemory() {
        return ranOutOfMemory;
    }

    @Override
    public KernelContainer create(ContainerConfig config) {
        var running = sentry;
        if (running == null || !running.isAlive()) {
            throw new SandboxException.WrongState(
                    "cannot create container \"%s\": its sandbox does not run"
                            .formatted(config.id()));
        }
        var place = tools.container(config.id());
        // What a daemon that died has left of it.
        place.remove();
        place.create(
                Bundles.container(config, tools.spec().network()),
                config.spec().resources(),
                config.stdio());
        var made = container(config.id(), running);
        limit();
        return made;
    }

    private GvisorContainer container(ContainerId id, Sentry running) {
        var made = new GvisorContainer(id, tools, running, this, () -> containers.remove(id));
        var before = containers.put(id, made);
        if (before != null) {
            before.letGo();
        }
        return made;
    }

    /** Those that have not ended. */
    Stream<GvisorContainer> living() {
        return containers.values().stream()
                .filter(it -> !(it.init().state() instanceof ProcessState.Stopped));
    }

    /**
     * Has the cgroup hold it as far as that can be: a container that is new may find the pod using
     * more than all of them may have together.
     */
    void limit() {
        try {
            if (!limitToSum()) {
                LOG.log(
                        Level.WARNING,
                        "sandbox {0} uses more memory than its containers may have together",
                        tools.spec().id());
            }
        } catch (CgroupException e) {
            LOG.log(
                    Level.WARNING,
                    "sandbox {0} goes on with other limits than it should have: {1}",
                    tools.spec().id(),
                    e.getMessage());
        }
    }

    /**
     * Has the cgroup hold what the containers may have together. Memory comes first, by which a pod
     * harms others: it is limited also where the limit of CPU time is refused. What needs no change
     * needs no controller either.
     *
     * @return false, and nothing is changed, if more is in use
     * @throws CgroupException if the kernel refuses
     */
    synchronized boolean limitToSum() {
        var wanted = limits(living().map(GvisorContainer::limits).toList());
        long memory = wanted.memoryLimitBytes();
        if (memory != enforced.memoryLimitBytes()) {
            if (!tools.cgroup().map(it -> it.limitMemory(memory)).orElse(true)) {
                return false;
            }
            enforced =
                    new Resources(memory, 0, enforced.cpuQuotaMicros(), enforced.cpuPeriodMicros());
        }
        if (wanted.cpuQuotaMicros() != enforced.cpuQuotaMicros()) {
            tools.cgroup().ifPresent(it -> it.limitCpu(wanted.cpuQuotaMicros()));
            enforced = wanted;
        }
        return true;
    }

    @Override
    public Optional<Statistics> statistics() {
        try {
            return tools.cgroup().flatMap(it -> it.statistics(InstantSource.system().instant()));
        } catch (CgroupException _) {
            return Optional.empty(); // It is being removed.
        }
    }

    @Override
    public synchronized void update(PodResources wanted) {
        resources = wanted;
        enforced = limits(List.of());
        limit();
    }

    @Override
    public List<KernelContainer> containers() {
        var running = sentry;
        if (running == null || !running.isAlive()) {
            return List.of();
        }
        tools.processes().awaitCommands();
        // A daemon may have died before it had put what it started there.
        tools.joinCgroup();
        running.freeze().find();
        try {
            return found(running);
        } catch (RuntimeException e) {
            containers.values().forEach(GvisorContainer::letGo);
            throw e;
        }
    }

    private List<KernelContainer> found(Sentry running) {
        var found = new ArrayList<KernelContainer>();
        for (var id : tools.places().containers()) {
            if (tools.container(id).isComplete()) {
                found(id, running).ifPresent(found::add);
            } else {
                tools.container(id).remove();
            }
        }
        tools.places().run().stream()
                .filter(it -> !containers.containsKey(it))
                .forEach(it -> end(it, running, "there is nothing else"));
        return found;
    }

    private Optional<GvisorContainer> found(ContainerId id, Sentry running) {
        GvisorContainer container;
        try {
            container = container(id, running);
        } catch (SandboxException.Failed e) {
            end(id, running, e.getMessage());
            return Optional.empty();
        }
        container.find();
        return Optional.of(container);
    }

    /**
     * Ends a container about which nothing is written down that could be gone on with. One that the
     * sentry does not end stays until the pod ends, and no other has to suffer for it.
     */
    private void end(ContainerId id, Sentry running, @Nullable String reason) {
        LOG.log(
                Level.ERROR,
                "container \"{0}\" of sandbox \"{1}\" is ended, because of what is written down about it: {2}",
                id,
                tools.spec().id(),
                reason);
        try {
            running.control().call("DestroySubcontainer", StringNode.valueOf(id.value()));
        } catch (SandboxException.NotFound _) {
            // It was never started.
        } catch (SandboxException.TimedOut
                | SandboxException.Unavailable
                | SandboxException.Failed e) {
            LOG.log(
                    Level.WARNING,
                    "container \"{0}\" of sandbox \"{1}\" is still there: {2}",
                    id,
                    tools.spec().id(),
                    e.getMessage());
            return;
        }
        tools.remove(id);
    }

    @Override
    public void stop() {
        stopping = true;
        var ended = sentry;
        if (ended != null) {
            ended.stopping();
        }
        tools.processes().kill();
        Failpoint.at("gvisor.pod.killed");
        tools.orphans().awaitGuests();
        if (ended != null) {
            // Whoever waits for a container is told before it is let go of.
            ended.ended();
        }
        letGo();
        exit.complete(new ExitStatus(0, InstantSource.system().instant()));
    }

    /** Lets go of the sentry, which lives on. */
    synchronized void letGo() {
        containers.values().forEach(GvisorContainer::letGo);
        ports.ifPresent(PortForwards::close);
        claim.ifPresent(NetworkClaims.Claim::close);
        claim = Optional.empty();
        var running = sentry;
        if (running != null) {
            running.close();
        }
    }

    @Override
    public void close() {
        stop();
        // Where the path of the pod's directory is too long, runsc has put its socket elsewhere.
        SentryRecord.load(tools.places()).ifPresent(SentryRecord::removeSocket);
        if (Files.exists(tools.places().directory())) {
            tools.places().remove();
        }
        tools.host().close();
        onClose.run();
    }
}
