// SPDX-License-Identifier: Apache-2.0
package io.silica.server;

import io.silica.linux.UnixListener;
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
import io.silica.server.host.HostConfig;
import io.silica.server.host.PodHost;
import io.silica.server.listen.SocketFile;
import io.silica.server.metrics.Health;
import io.silica.server.metrics.Metrics;
import io.silica.server.metrics.MetricsServer;
import io.silica.server.notify.ServiceManager;
import io.silica.server.record.RecordStore;
import io.silica.server.record.StateDirectory;
import io.silica.server.record.StateFormat;
import io.silica.server.registry.RegistryConfig;
import io.silica.server.registry.SandboxRecord;
import io.silica.server.registry.SandboxRegistry;
import io.silica.server.transport.TransportOptions;
import io.silica.server.transport.TtrpcTransport;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.time.InstantSource;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;

/**
 * A daemon that serves one kind of sandbox: everything that it shares with the daemons of the other
 * kinds, put together. It begins to listen, finds again what an earlier life left behind, and then
 * answers. When it is closed its pods live on.
 */
public final class SandboxerDaemon implements AutoCloseable {
    private static final Logger LOGGER = System.getLogger(SandboxerDaemon.class.getName());

    /** A sandbox that containerd has not started by then has been forgotten by it. */
    private static final Duration START_WITHIN = Duration.ofMinutes(10);

    /** containerd's own calls end after two minutes at the latest. */
    private static final Duration PATIENCE = Duration.ofMinutes(2);

    /** containerd takes the statistics of a node one container after another. */
    private static final Duration SAMPLE_PATIENCE = Duration.ofMillis(100);

    private final Undo parts;
    private final ServiceManager manager;
    private final SandboxRegistry registry;
    private final Readiness readiness;
    private final Duration grace;

    private SandboxerDaemon(
            Undo parts,
            ServiceManager manager,
            SandboxRegistry registry,
            Readiness readiness,
            Duration grace) {
        this.parts = parts;
        this.manager = manager;
        this.registry = registry;
        this.readiness = readiness;
        this.grace = grace;
    }

    /**
     * Starts the daemon and returns when it answers.
     *
     * @param config the effective configuration
     * @param sandboxer the kind; the daemon's from now on, also when this throws
     * @param metrics counts every call
     * @param manager is told how it goes
     */
    public static SandboxerDaemon start(
            DaemonConfig config, Sandboxer sandboxer, Metrics metrics, ServiceManager manager) {
        var parts = new Undo();
        parts.owns(sandboxer);
        try {
            SandboxerDaemon daemon = assemble(config, sandboxer, metrics, manager, parts);
            daemon.ready();
            return daemon;
        } catch (RuntimeException e) {
            closeAfter(e, parts);
            throw e;
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
            if (!registry.close(grace)) {
                LOGGER.log(Level.WARNING, "changes were still under way after {0}", grace);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        parts.close();
    }

    private static SandboxerDaemon assemble(
            DaemonConfig config,
            Sandboxer sandboxer,
            Metrics metrics,
            ServiceManager manager,
            Undo parts) {
        ServerConfig server = config.server();
        StateDirectory state = parts.owns(StateDirectory.take(server.dir()));
        UnixListener controllerSocket = parts.owns(SocketFile.listen(server.listen()));
        parts.add(() -> SocketFile.remove(server.listen()));
        UnixListener taskSocket = parts.owns(SocketFile.listen(server.taskSocket()));
        parts.add(() -> SocketFile.remove(server.taskSocket()));

        var calls = new Calls(metrics);
        var readiness = new Readiness();
        EventOutbox outbox = parts.owns(outbox(config));
        RecordStore<SandboxRecord> records =
                RecordStore.open(
                        state.subdirectory("sandboxes"), SandboxRecord.FORMAT.in(format(state)));
        var host = new PodHost(state.subdirectory("pods"), hostConfig(config.limits()));
        var registry =
                new SandboxRegistry(
                        sandboxer,
                        host,
                        records,
                        outbox::publish,
                        limits(config),
                        timer(parts),
                        InstantSource.system());
        gauges(metrics, registry, outbox);
        server.metricsSocket()
                .ifPresent(socket ->
                        parts.owns(
                                MetricsServer.start(
                                        socket,
                                        metrics,
                                        new Health(() -> true, readiness::isReached))));
        var controller = new ControllerService(registry, "ttrpc+unix://" + server.taskSocket());
        parts.owns(
                ControllerServer.serve(
                        controllerSocket, server.listen(), controller, readiness, calls.grpc()));
        new Adoption(records, registry, host).run();
        TtrpcTransport tasks =
                parts.owns(
                        TtrpcTransport.start(
                                "task-loop",
                                calls.observing(TaskServices.of(registry)),
                                TransportOptions.standard()));
        tasks.listen(taskSocket);
        return new SandboxerDaemon(parts, manager, registry, readiness, server.shutdownGrace());
    }

    private void ready() {
        readiness.reached();
        parts.owns(manager.watch(() -> true));
        manager.ready();
        LOGGER.log(Level.INFO, "ready, with {0} sandboxes", registry.sandboxes().size());
    }

    private static StateFormat format(StateDirectory state) {
        BuildInfo build = BuildInfo.load();
        return StateFormat.settle(state.path(), build.stateFormat(), build.version());
    }

    private static EventOutbox outbox(DaemonConfig config) {
        return new EventOutbox(
                EventOutboxConfig.of(
                        config.containerd().address(),
                        config.containerd().namespace(),
                        config.limits().eventOutbox()),
                InstantSource.system());
    }

    private static RegistryConfig limits(DaemonConfig config) {
        return new RegistryConfig(
                config.limits().maxSandboxes(),
                config.limits().maxContainersPerSandbox(),
                PATIENCE,
                START_WITHIN,
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

    private static void closeAfter(RuntimeException failure, Undo parts) {
        try {
            parts.close();
        } catch (RuntimeException e) {
            failure.addSuppressed(e);
        }
    }
}
