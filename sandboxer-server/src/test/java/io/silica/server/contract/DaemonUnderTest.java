// SPDX-License-Identifier: Apache-2.0
package io.silica.server.contract;

import io.silica.proto.containerd.sandbox.ControllerCreateRequest;
import io.silica.proto.containerd.sandbox.ControllerGrpc;
import io.silica.proto.containerd.sandbox.ControllerStartResponse;
import io.silica.proto.containerd.sandbox.ControllerStatusResponse;
import io.silica.sandbox.Sandboxer;
import io.silica.server.SandboxerDaemon;
import io.silica.server.config.ContainerdConfig;
import io.silica.server.config.DaemonConfig;
import io.silica.server.config.LimitsConfig;
import io.silica.server.config.ServerConfig;
import io.silica.server.config.StatsConfig;
import io.silica.server.logging.LogFormat;
import io.silica.server.logging.LogLevel;
import io.silica.server.metrics.Metrics;
import io.silica.server.notify.ServiceManager;
import io.silica.server.registry.Continuity;
import io.silica.server.registry.SandboxRegistry;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Optional;

/** A whole daemon in this process, and containerd's connection to its Controller service. */
public final class DaemonUnderTest implements AutoCloseable {
    private final Path directory;
    private final SandboxerDaemon daemon;
    private final ControllerConnection controller;

    /**
     * Starts it.
     *
     * @param directory holds its state and its sockets
     * @param sandboxer the kind; closed with it
     */
    public DaemonUnderTest(Path directory, Sandboxer sandboxer) {
        this(directory, sandboxer, LimitsConfig.DEFAULT);
    }

    public DaemonUnderTest(Path directory, Sandboxer sandboxer, LimitsConfig limits) {
        this(directory, sandboxer, limits, Continuity.LOST);
    }

    /**
     * Starts one whose connections are said to have outlived the last one, or not.
     *
     * @param continuity if they are kept, {@link #close} is a death: nothing is waited for
     */
    public DaemonUnderTest(
            Path directory, Sandboxer sandboxer, LimitsConfig limits, Continuity continuity) {
        this(directory, sandboxer, limits, continuity, InstantSource.system());
    }

    /** The same with a clock that may be set. */
    public DaemonUnderTest(
            Path directory,
            Sandboxer sandboxer,
            LimitsConfig limits,
            Continuity continuity,
            InstantSource clock) {
        this(
                directory,
                sandboxer,
                config(directory, limits, grace(continuity), Optional.empty()),
                Optional.of(continuity),
                clock);
    }

    private DaemonUnderTest(
            Path directory,
            Sandboxer sandboxer,
            DaemonConfig config,
            Optional<Continuity> continuity,
            InstantSource clock) {
        this.directory = directory;
        this.daemon =
                SandboxerDaemon.start(
                        config,
                        sandboxer,
                        new Metrics("test", "0", "0"),
                        ServiceManager.ofThisProcess(),
                        continuity,
                        clock);
        this.controller = new ControllerConnection(directory.resolve("controller.sock"));
    }

    /**
     * Starts one beside a holder, which finds out by itself whether its connections have outlived
     * the last one; {@link #close} is a death.
     *
     * @param channel of the holder, which listens for {@link #tasks}
     */
    public static DaemonUnderTest beside(
            Path channel, Path directory, Sandboxer sandboxer, LimitsConfig limits) {
        return new DaemonUnderTest(
                directory,
                sandboxer,
                config(directory, limits, Duration.ZERO, Optional.of(channel)),
                Optional.empty(),
                InstantSource.system());
    }

    private static Duration grace(Continuity continuity) {
        return continuity == Continuity.KEPT ? Duration.ZERO : Duration.ofSeconds(5);
    }

    /** The Controller service, with a deadline that no sound call reaches. */
    public ControllerGrpc.ControllerBlockingStub controller() {
        return controller.controller();
    }

    /** The Controller service for calls that are held open. */
    public ControllerGrpc.ControllerFutureStub waiting() {
        return controller.waiting();
    }

    /** Where the Task service is. */
    public Path taskSocket() {
        return directory.resolve("task.sock");
    }

    /** A connection to the Task service, as containerd dials one for each container. */
    public TaskConnection tasks() {
        return new TaskConnection(taskSocket());
    }

    /** What it says at its metrics socket. */
    public String ask(String path) {
        return MetricsSocket.ask(directory.resolve("metrics.sock"), path);
    }

    /** What the daemon knows. */
    public SandboxRegistry registry() {
        return daemon.registry();
    }

    /** What containerd sends for a pod on the host's network. */
    public static ControllerCreateRequest.Builder pod(String id) {
        return ControllerConnection.pod(id);
    }

    /** Creates a pod. */
    public void create(String id) {
        controller.create(id);
    }

    /** Starts a pod. */
    public ControllerStartResponse start(String id) {
        return controller.start(id);
    }

    /** Asks for a pod's status. */
    public ControllerStatusResponse status(String id) {
        return controller.status(id);
    }

    /** Stops a pod. */
    public void stop(String id) {
        controller.stop(id);
    }

    /** Shuts a pod down. */
    public void shutdown(String id) {
        controller.shutdown(id);
    }

    /** Ends the daemon as SIGTERM does, while containerd's connections are there. */
    public void terminate() {
        daemon.close();
    }

    @Override
    public void close() {
        controller.close();
        daemon.close();
    }

    private static DaemonConfig config(
            Path directory, LimitsConfig limits, Duration grace, Optional<Path> holder) {
        return new DaemonConfig(
                new ServerConfig(
                        directory.resolve("controller.sock"),
                        directory.resolve("state"),
                        directory.resolve("task.sock"),
                        holder,
                        LogLevel.INFO,
                        LogFormat.TEXT,
                        Optional.of(directory.resolve("metrics.sock")),
                        grace),
                limits,
                new ContainerdConfig(directory.resolve("no-containerd.sock"), "k8s.io"),
                new StatsConfig(Duration.ofMillis(1)));
    }
}
