// SPDX-License-Identifier: Apache-2.0
package io.silica.server.contract;

import io.grpc.ManagedChannel;
import io.grpc.netty.NettyChannelBuilder;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.EpollDomainSocketChannel;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.unix.DomainSocketAddress;
import io.netty.util.concurrent.DefaultThreadFactory;
import io.silica.proto.containerd.sandbox.ControllerCreateRequest;
import io.silica.proto.containerd.sandbox.ControllerGrpc;
import io.silica.proto.containerd.sandbox.ControllerShutdownRequest;
import io.silica.proto.containerd.sandbox.ControllerStartRequest;
import io.silica.proto.containerd.sandbox.ControllerStartResponse;
import io.silica.proto.containerd.sandbox.ControllerStatusRequest;
import io.silica.proto.containerd.sandbox.ControllerStatusResponse;
import io.silica.proto.containerd.sandbox.ControllerStopRequest;
import io.silica.proto.cri.PodSandboxConfig;
import io.silica.proto.cri.PodSandboxMetadata;
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
import io.silica.server.wire.BareAny;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/** A whole daemon in this process, and containerd's connection to its Controller service. */
public final class DaemonUnderTest implements AutoCloseable {
    private final Path directory;
    private final SandboxerDaemon daemon;
    private final EventLoopGroup loop;
    private final ManagedChannel channel;

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
        this.directory = directory;
        this.daemon =
                SandboxerDaemon.start(
                        config(directory, limits),
                        sandboxer,
                        new Metrics("test", "0", "0"),
                        ServiceManager.ofThisProcess());
        this.loop =
                new MultiThreadIoEventLoopGroup(
                        1,
                        new DefaultThreadFactory("test-client", true),
                        EpollIoHandler.newFactory());
        this.channel =
                NettyChannelBuilder.forAddress(
                                new DomainSocketAddress(
                                        directory.resolve("controller.sock").toFile()))
                        .channelType(EpollDomainSocketChannel.class)
                        .eventLoopGroup(loop)
                        .directExecutor()
                        .usePlaintext()
                        .build();
    }

    /** The Controller service, with a deadline that no sound call reaches. */
    public ControllerGrpc.ControllerBlockingStub controller() {
        return ControllerGrpc.newBlockingStub(channel).withDeadlineAfter(60, TimeUnit.SECONDS);
    }

    /** The Controller service for calls that are held open. */
    public ControllerGrpc.ControllerFutureStub waiting() {
        return ControllerGrpc.newFutureStub(channel);
    }

    /** A connection to the Task service, as containerd dials one for each container. */
    public TaskConnection tasks() {
        return new TaskConnection(directory.resolve("task.sock"));
    }

    /** What containerd sends for a pod on the host's network. */
    public static ControllerCreateRequest.Builder pod(String id) {
        return ControllerCreateRequest.newBuilder()
                .setSandboxId(id)
                .setOptions(
                        BareAny.pack(
                                PodSandboxConfig.newBuilder()
                                        .setMetadata(
                                                PodSandboxMetadata.newBuilder()
                                                        .setName(id)
                                                        .setNamespace("default")
                                                        .setUid("uid-" + id))
                                        .setHostname(id)
                                        .build()));
    }

    /** Creates a pod. */
    public void create(String id) {
        var _ = controller().create(pod(id).build());
    }

    /** Starts a pod. */
    public ControllerStartResponse start(String id) {
        return controller().start(ControllerStartRequest.newBuilder().setSandboxId(id).build());
    }

    /** Asks for a pod's status. */
    public ControllerStatusResponse status(String id) {
        return controller().status(ControllerStatusRequest.newBuilder().setSandboxId(id).build());
    }

    /** Stops a pod. */
    public void stop(String id) {
        var _ = controller().stop(ControllerStopRequest.newBuilder().setSandboxId(id).build());
    }

    /** Shuts a pod down. */
    public void shutdown(String id) {
        var _ =
                controller()
                        .shutdown(ControllerShutdownRequest.newBuilder().setSandboxId(id).build());
    }

    /** Ends the daemon as SIGTERM does, while containerd's connections are there. */
    public void terminate() {
        daemon.close();
    }

    @Override
    public void close() {
        channel.shutdownNow();
        loop.shutdownGracefully(0, 1, TimeUnit.SECONDS).awaitUninterruptibly(5_000);
        daemon.close();
    }

    private static DaemonConfig config(Path directory, LimitsConfig limits) {
        return new DaemonConfig(
                new ServerConfig(
                        directory.resolve("controller.sock"),
                        directory.resolve("state"),
                        directory.resolve("task.sock"),
                        LogLevel.INFO,
                        LogFormat.TEXT,
                        Optional.empty(),
                        Duration.ofSeconds(5)),
                limits,
                new ContainerdConfig(directory.resolve("no-containerd.sock"), "k8s.io"),
                new StatsConfig(Duration.ofMillis(1)));
    }
}
