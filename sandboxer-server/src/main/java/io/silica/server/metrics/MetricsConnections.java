// SPDX-License-Identifier: Apache-2.0
package io.silica.server.metrics;

import io.netty.channel.ChannelHandler.Sharable;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.unix.DomainSocketChannel;
import io.netty.handler.codec.http.HttpDecoderConfig;
import io.netty.handler.codec.http.HttpServerCodec;
import java.util.concurrent.TimeUnit;

/** Sets up each connection, and bounds what it can cost. Runs on the server's one thread. */
@Sharable
final class MetricsConnections extends ChannelInitializer<DomainSocketChannel> {
    static final int MOST_CONNECTIONS = 32;
    private static final int MOST_LINE_BYTES = 1024;
    private static final int MOST_HEADER_BYTES = 8192;
    private static final long MOST_SECONDS = 10;

    private final Metrics metrics;
    private final Health health;
    private int open;

    MetricsConnections(Metrics metrics, Health health) {
        this.metrics = metrics;
        this.health = health;
    }

    @Override
    protected void initChannel(DomainSocketChannel channel) {
        if (open >= MOST_CONNECTIONS) {
            close(channel);
            return;
        }
        open++;
        var end =
                channel.eventLoop().schedule(() -> close(channel), MOST_SECONDS, TimeUnit.SECONDS);
        var _ =
                channel.closeFuture()
                        .addListener(_ -> {
                            open--;
                            end.cancel(false);
                        });
        channel.pipeline()
                .addLast(new HttpServerCodec(limits()), new MetricsRequests(metrics, health));
    }

    private static void close(DomainSocketChannel channel) {
        var _ = channel.close();
    }

    private static HttpDecoderConfig limits() {
        return new HttpDecoderConfig()
                .setMaxInitialLineLength(MOST_LINE_BYTES)
                .setMaxHeaderSize(MOST_HEADER_BYTES);
    }
}
