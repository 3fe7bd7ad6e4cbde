// SPDX-License-Identifier: Apache-2.0
package io.silica.server.controller;

import io.grpc.Server;
import io.grpc.ServerInterceptor;
import io.grpc.netty.NettyServerBuilder;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOutboundHandlerAdapter;
import io.netty.channel.ChannelPromise;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.ServerChannel;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollServerDomainSocketChannel;
import io.netty.channel.unix.DomainSocketAddress;
import io.netty.util.concurrent.DefaultThreadFactory;
import io.silica.linux.UnixListener;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.SocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;

/**
 * The Controller service on a Unix socket that is listening already: bound a moment ago, or kept
 * open while an earlier daemon died. One event loop carries all connections; {@link CallThreads}
 * says which thread a call has.
 */
public final class ControllerServer implements AutoCloseable {
    private static final Duration CLOSE_WITHIN = Duration.ofSeconds(2);

    /** Only answers that were given are still to go. */
    private static final Duration DRAIN_WITHIN = Duration.ofSeconds(1);

    private final EventLoopGroup loop;
    private final ExecutorService calls;
    private final ControllerService service;
    private final Server server;

    private ControllerServer(
            EventLoopGroup loop, ExecutorService calls, ControllerService service, Server server) {
        this.loop = loop;
        this.calls = calls;
        this.service = service;
        this.server = server;
    }

    /**
     * Begins to accept.
     *
     * @param listener stays the caller's: closing the server leaves it open
     * @param path where it is bound, for messages
     * @param readiness holds the calls until it is reached
     * @param observer sees every call
     */
    public static ControllerServer serve(
            UnixListener listener,
            Path path,
            ControllerService service,
            Readiness readiness,
            ServerInterceptor observer) {
        var loop =
                new MultiThreadIoEventLoopGroup(
                        1,
                        new DefaultThreadFactory("controller-loop", true),
                        EpollIoHandler.newFactory());
        var calls =
                Executors.newThreadPerTaskExecutor(
                        Thread.ofVirtual().name("controller-call-", 0).factory());
        var threads = new CallThreads(calls, readiness);
        Server server =
                NettyServerBuilder.forAddress(new DomainSocketAddress(path.toFile()))
                        .channelFactory(() -> adopted(listener))
                        .bossEventLoopGroup(loop)
                        .workerEventLoopGroup(loop)
                        .executor(threads::begin)
                        .callExecutor(threads)
                        .intercept(observer)
                        .addService(service)
                        .build();
        try {
            server.start();
        } catch (IOException e) {
            stop(loop);
            calls.close();
            throw new UncheckedIOException("cannot serve on " + path, e);
        }
        return new ControllerServer(loop, calls, service, server);
    }

    /** Accepts no more, and lets what is answered go out before the connections end. */
    @Override
    public void close() {
        service.endWaits();
        server.shutdown();
        try {
            server.awaitTermination(DRAIN_WITHIN.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        server.shutdownNow();
        calls.shutdownNow();
        stop(loop);
    }

    private static void stop(EventLoopGroup loop) {
        loop.shutdownGracefully(0, CLOSE_WITHIN.toMillis(), TimeUnit.MILLISECONDS)
                .awaitUninterruptibly(CLOSE_WITHIN.toMillis());
    }

    /**
     * netty would bind a second time, which fails on a bound socket: the channel is told that it is
     * active, and the bind ends before it reaches the socket.
     */
    private static ServerChannel adopted(UnixListener listener) {
        var channel =
                new EpollServerDomainSocketChannel(listener.descriptor().duplicate().take(), true);
        channel.pipeline().addFirst(new BoundAlready());
        return channel;
    }

    private static final class BoundAlready extends ChannelOutboundHandlerAdapter {
        @Override
        public void bind(
                ChannelHandlerContext context, SocketAddress address, ChannelPromise promise) {
            promise.setSuccess();
        }
    }
}
