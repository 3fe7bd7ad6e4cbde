// SPDX-License-Identifier: Apache-2.0
package io.silica.server.metrics;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollServerDomainSocketChannel;
import io.netty.channel.unix.DomainSocketAddress;
import io.silica.sandbox.SandboxException;
import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.concurrent.TimeUnit;

/**
 * Serves metrics and health by HTTP on a Unix socket of mode 0600: {@code GET /metrics}, {@code
 * /healthz}, {@code /readyz}, {@code /protected}. It has one thread of its own, so that it answers
 * whatever the rest of the daemon is doing; a connection is good for one request and ends after ten
 * seconds at the latest.
 */
public final class MetricsServer implements AutoCloseable {
    private final Path socket;
    private final EventLoopGroup loop;
    private final Channel listener;

    private MetricsServer(Path socket, EventLoopGroup loop, Channel listener) {
        this.socket = socket;
        this.loop = loop;
        this.listener = listener;
    }

    /**
     * Listens. A socket that an earlier daemon has left at this path is replaced.
     *
     * @param socket a path in a directory that others cannot enter
     * @throws SandboxException.Failed if it cannot listen there
     */
    public static MetricsServer start(Path socket, Metrics metrics, Health health) {
        var thread = Thread.ofPlatform().daemon().name("metrics").factory();
        var loop = new MultiThreadIoEventLoopGroup(1, thread, EpollIoHandler.newFactory());
        try {
            removeStale(socket);
            var listener = listen(socket, loop, new MetricsConnections(metrics, health));
            Files.setPosixFilePermissions(socket, PosixFilePermissions.fromString("rw-------"));
            return new MetricsServer(socket, loop, listener);
        } catch (IOException e) {
            stop(loop);
            throw new SandboxException.Failed(
                    "cannot serve metrics on " + socket + ": " + e.getMessage(), e);
        }
    }

    @Override
    public void close() {
        listener.close().awaitUninterruptibly();
        stop(loop);
        try {
            Files.deleteIfExists(socket);
        } catch (IOException e) {
            throw new SandboxException.Failed(
                    "cannot remove the socket " + socket + ": " + e.getMessage(), e);
        }
    }

    private static Channel listen(Path socket, EventLoopGroup loop, MetricsConnections connections)
            throws IOException {
        ChannelFuture bound =
                new ServerBootstrap()
                        .group(loop)
                        .channel(EpollServerDomainSocketChannel.class)
                        .childHandler(connections)
                        .bind(new DomainSocketAddress(socket.toFile()))
                        .awaitUninterruptibly();
        if (bound.cause() != null) {
            throw new IOException(bound.cause().getMessage(), bound.cause());
        }
        return bound.channel();
    }

    private static void removeStale(Path socket) throws IOException {
        if (Files.exists(socket, LinkOption.NOFOLLOW_LINKS)) {
            var attributes =
                    Files.readAttributes(
                            socket, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
            if (!attributes.isOther()) {
                throw new FileSystemException(
                        socket.toString(), null, "something else than a socket is there");
            }
            Files.delete(socket);
        }
    }

    private static void stop(EventLoopGroup loop) {
        loop.shutdownGracefully(0, 1, TimeUnit.SECONDS).awaitUninterruptibly(2, TimeUnit.SECONDS);
    }
}
