// SPDX-License-Identifier: Apache-2.0
package io.silica.server;

import io.silica.linux.Poller;
import io.silica.sandbox.SandboxException;
import io.silica.sandbox.Sandboxer;
import io.silica.sandbox.Undo;
import io.silica.server.cli.BuildInfo;
import io.silica.server.config.DaemonConfig;
import io.silica.server.config.LimitsConfig;
import io.silica.server.config.ServerConfig;
import io.silica.server.controller.ControllerServer;
import io.silica.server.controller.ControllerService;
import io.silica.server.controller.Readiness;
import io.silica.server.events.EventOutbox;
import io.silica.server.events.EventOutboxConfig;
import io.silica.server.holder.Protection;
import io.silica.server.host.HostConfig;
import io.silica.server.host.PodHost;
import io.silica.server.metrics.Health;
import io.silica.server.metrics.Metrics;
import io.silica.server.metrics.MetricsServer;
import io.silica.server.notify.DescriptorStore;
import io.silica.server.notify.InheritedDescriptors;
import io.silica.server.notify.ServiceManager;
import io.silica.server.record.RecordStore;
import io.silica.server.record.StateDirectory;
import io.silica.server.record.StateFormat;
import io.silica.server.registry.Continuity;
import io.silica.server.registry.RegistryConfig;
import io.silica.server.registry.SandboxRecord;
import io.silica.server.registry.SandboxRegistry;
import io.silica.server.stream.StdioStreams;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Optional;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * A daemon that serves one kind of sandbox: everything that it shares with the daemons of the other
 * kinds, put together. It begins to listen, finds again what an earlier life left behind, and then
 * answers. When it is closed its pods live on.
 */
public final class SandboxerDaemon implements AutoCloseable {
    private static final Logger LOGGER = System.getLogger(SandboxerDaemon.class.getName());

    /** containerd's own calls end after two minutes at the latest. */
    private static final Duration PATIENCE = Duration.ofMinutes(2);

    /** Most agents are reached again within milliseconds; one that hangs is not waited for. */
    private static final Duration AGENT_PATIENCE = Duration.ofSeconds(10);

    /** containerd takes the statistics of a node one container after another. */
    private static final Duration SAMPLE_PATIENCE = Duration.ofMillis(100);

    /** How the names of descriptors begin that are the kind's. */
    public static final String KIND_PREFIX = "k-";

    private final Undo parts;
    private final ServiceManager manager;
    private final SandboxRegistry registry;
    private final Readiness readiness;
    private final Supplier<Protection> protection;
    private final Duration grace;

    private SandboxerDaemon(
            Undo parts,
            ServiceManager manager,
            SandboxRegistry registry,
            Readiness readiness,
            Supplier<Protection> protection,
            Duration grace) {
        this.parts = parts;
        this.manager = manager;
        this.registry = registry;
        this.readiness = readiness;
        this.protection = protection;
        this.grace = grace;
    }

    /**
     * Starts the daemon and returns when it answers.
     *
     * @param config the effective configuration
     * @param sandboxer the kind; the daemon's from now on, also when this throws
     * @param metrics counts every call
     * @param manager is told how it goes, and has kept what is to be found again
     */
    public static SandboxerDaemon start(
            DaemonConfig config, Sandboxer sandboxer, Metrics metrics, ServiceManager manager) {
        return start(config, sandboxer, metrics, manager, Optional.empty(), InstantSource.system());
    }

    /**
     * The same for a kind that has descriptors of its own to keep beyond the daemon's life.
     *
     * @param kind makes it, with the store where they are
     */
    public static SandboxerDaemon start(
            DaemonConfig config,
            Function<DescriptorStore, Sandboxer> kind,
            Metrics metrics,
            ServiceManager manager) {
        var parts = new Undo();
        return start(
                config,
                store -> parts.owns(kind.apply(store)),
                metrics,
                manager,
                Optional.empty(),
                InstantSource.system(),
                parts);
    }

    /**
     * The same for a test, which knows better whether connections have outlived the last daemon.
     *
     * @param continuity whether they have; empty if it is to be found out
     * @param clock which time it is
     */
    public static SandboxerDaemon start(
            DaemonConfig config,
            Sandboxer sandboxer,
            Metrics metrics,
            ServiceManager manager,
            Optional<Continuity> continuity,
            InstantSource clock) {
        var parts = new Undo();
        parts.owns(sandboxer);
        return start(config, _ -> sandboxer, metrics, manager, continuity, clock, parts);
    }

    private static SandboxerDaemon start(
            DaemonConfig config,
            Function<DescriptorStore, Sandboxer> kind,
            Metrics metrics,
            ServiceManager manager,
            Optional<Continuity> continuity,
            InstantSource clock,
            Undo parts) {
        try {
            SandboxerDaemon daemon =
                    assemble(config, kind, metrics, manager, continuity, clock, parts);
            daemon.ready();
            return daemon;
        } catch (RuntimeException e) {
            closeAfter(e, parts);
            throw e;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            var cancelled = new SandboxException.Cancelled("the start was interrupted");
            cancelled.addSuppressed(e);
            closeAfter(cancelled, parts);
            throw cancelled;
        }
    }

    /** Its sandboxes. */
    public SandboxRegistry registry() {
        return registry;
    }

    /**
     * Ends the daemon: changes that are under way are finished for as long as the grace lasts, new
     * ones are refused, and the pods live on.
     */
    @Override
    public void close() {
        manager.stopping();
        try {
            if (!registry.drain(grace)) {
                LOGGER.log(Level.WARNING, "changes were still under way after {0}", grace);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        parts.close();
    }

    private static SandboxerDaemon assemble(
            DaemonConfig config,
            Function<DescriptorStore, Sandboxer> kind,
            Metrics metrics,
            ServiceManager manager,
            Optional<Continuity> continuity,
            InstantSource clock,
            Undo parts)
            throws InterruptedException {
        InheritedDescriptors inherited = manager.inherited();
        ServerConfig server = config.server();
        StateDirectory state = parts.owns(StateDirectory.take(server.dir()));
        Poller poller = parts.owns(Poller.start("poller"));
        DescriptorStore store = manager.store(poller);
        ControllerSocket controllerSocket =
                parts.owns(ControllerSocket.open(server.listen(), inherited, store));
        // The store has copies of its own: the kind removes them when it is done with them.
        inherited.closeNamed(KIND_PREFIX).forEach(store::keeps);
        inherited.closeRest().forEach(store::removeUnknown);
        var streams = parts.owns(new StdioStreams(state.subdirectory("streams"), poller));
        Sandboxer sandboxer = streams.around(kind.apply(store));

        var calls = new Calls(metrics);
        var readiness = new Readiness();
        EventOutbox outbox = parts.owns(outbox(config, clock));
        RecordStore<SandboxRecord> records =
                RecordStore.open(
                        state.subdirectory("sandboxes"), SandboxRecord.FORMAT.in(format(state)));
        var host = new PodHost(state.subdirectory("pods"), hostConfig(config.limits()));
        var registry =
                parts.owns(
                        new SandboxRegistry(
                                sandboxer,
                                host,
                                records,
                                outbox::publish,
                                limits(config),
                                timer(parts),
                                clock));
        var controller = new ControllerService(registry, "ttrpc+unix://" + server.taskSocket());
        parts.owns(
                ControllerServer.serve(
                        controllerSocket.listener(),
                        server.listen(),
                        controller,
                        readiness,
                        calls.grpc()));
        TaskConnections tasks =
                parts.owns(
                        TaskConnections.open(
                                server.taskSocket(),
                                server.holder(),
                                state,
                                config.limits().journalSize(),
                                poller));
        gauges(metrics, registry, outbox);
        gauges(metrics, tasks, store);
        metrics.counter(
                "records_quarantined",
                "Records of sandboxes that this life of the daemon could not use.",
                records::quarantined);
        tasks.measure(metrics);
        server.metricsSocket()
                .ifPresent(socket ->
                        parts.owns(
                                MetricsServer.start(
                                        socket,
                                        metrics,
                                        new Health(
                                                () -> true,
                                                readiness::isReached,
                                                () -> tasks.protection().advice()))));
        new Adoption(records, registry, continuity.orElseGet(tasks::continuity)).run();
        tasks.serve(
                calls.observing(
                        TaskServices.of(
                                registry, tasks.operations(), streams, tasks::hasRoomForMore)),
                controllerSocket::park);
        return new SandboxerDaemon(
                parts, manager, registry, readiness, tasks::protection, server.shutdownGrace());
    }

    private void ready() {
        readiness.reached();
        parts.owns(manager.watch(() -> true));
        manager.ready();
        registry.recover();
        LOGGER.log(Level.INFO, "ready, with {0} sandboxes", registry.sandboxes().size());
        if (protection.get() != Protection.PROTECTED) {
            LOGGER.log(Level.WARNING, "NOT PROTECTED: " + protection.get().advice());
        }
    }

    private static StateFormat format(StateDirectory state) {
        BuildInfo build = BuildInfo.load();
        return StateFormat.settle(state.path(), build.stateFormat(), build.version());
    }

    private static EventOutbox outbox(DaemonConfig config, InstantSource clock) {
        return new EventOutbox(
                EventOutboxConfig.of(
                        config.containerd().address(),
                        config.containerd().namespace(),
                        config.limits().eventOutbox()),
                clock);
    }

    private static RegistryConfig limits(DaemonConfig config) {
        return new RegistryConfig(
                config.limits().maxSandboxes(),
                config.limits().maxContainersPerSandbox(),
                PATIENCE,
                AGENT_PATIENCE,
                config.limits().claimWithin(),
                config.stats().cacheAge(),
                SAMPLE_PATIENCE);
    }

    private static HostConfig hostConfig(LimitsConfig limits) {
        return HostConfig.of(limits.blockingCallsPerSandbox(), limits.nativeCallDeadline());
    }

    /** What is still to come when the daemon ends is not waited for. */
    private static ScheduledExecutorService timer(Undo parts) {
        var timer =
                Executors.newSingleThreadScheduledExecutor(
                        Thread.ofPlatform().daemon().name("timer").factory());
        parts.add(timer::shutdownNow);
        return timer;
    }

    private static void gauges(Metrics metrics, SandboxRegistry registry, EventOutbox outbox) {
        metrics.gauge("sandboxes", "Sandboxes there are.", () -> registry.sandboxes().size());
        metrics.gauge("containers", "Containers there are.", registry::taskCount);
        metrics.gauge("events_waiting", "Events not yet taken by containerd.", outbox::depth);
        metrics.counter(
                "events_dropped", "Events dropped, the oldest first.", outbox::droppedCount);
        metrics.counter("events_refused", "Events that containerd refused.", outbox::refusedCount);
    }

    private static void gauges(Metrics metrics, TaskConnections tasks, DescriptorStore store) {
        metrics.gauge(
                "protected",
                "Whether connections of containerd would survive this daemon.",
                () -> tasks.protection() == Protection.PROTECTED ? 1 : 0);
        metrics.state(
                "protection", "The same with the reason.", Protection.class, tasks::protection);
        metrics.gauge(
                "descriptors_parked", "Descriptors that the service manager keeps.", store::count);
        metrics.gauge(
                "descriptors_parked_max",
                "Descriptors that the service manager would keep.",
                store::capacity);
    }

    private static void closeAfter(RuntimeException failure, Undo parts) {
        try {
            parts.close();
        } catch (RuntimeException e) {
            failure.addSuppressed(e);
        }
    }
}
