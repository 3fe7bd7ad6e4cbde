// SPDX-License-Identifier: Apache-2.0
package io.silica.server.contract;

import io.grpc.ConnectivityState;
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
import io.silica.server.wire.BareAny;
import java.nio.file.Path;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** containerd's connection to the Controller service. */
public final class ControllerConnection implements AutoCloseable {
    private final EventLoopGroup loop;
    private final ManagedChannel channel;

    /** Dials when it is first used. */
    public ControllerConnection(Path socket) {
        this.loop =
                new MultiThreadIoEventLoopGroup(
                        1,
                        new DefaultThreadFactory("test-client", true),
                        EpollIoHandler.newFactory());
        this.channel =
                NettyChannelBuilder.forAddress(new DomainSocketAddress(socket.toFile()))
                        .channelType(EpollDomainSocketChannel.class)
                        .eventLoopGroup(loop)
                        .directExecutor()
                        .usePlaintext()
                        .build();
    }

    /** The service, with a deadline that no sound call reaches. */
    public ControllerGrpc.ControllerBlockingStub controller() {
        return ControllerGrpc.newBlockingStub(channel).withDeadlineAfter(60, TimeUnit.SECONDS);
    }

    /** The service for calls that are held open. */
    public ControllerGrpc.ControllerFutureStub waiting() {
        return ControllerGrpc.newFutureStub(channel);
    }

    /** Waits until the connection is known to be gone. */
    public void awaitDisconnected() throws InterruptedException {
        var gone = new CountDownLatch(1);
        if (channel.getState(false) == ConnectivityState.READY) {
            channel.notifyWhenStateChanged(ConnectivityState.READY, gone::countDown);
            if (!gone.await(60, TimeUnit.SECONDS)) {
                throw new AssertionError("the connection stays");
            }
        }
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

    @Override
    public void close() {
        channel.shutdownNow();
        loop.shutdownGracefully(0, 1, TimeUnit.SECONDS).awaitUninterruptibly(5_000);
    }
}
