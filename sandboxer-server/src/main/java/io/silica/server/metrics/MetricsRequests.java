// SPDX-License-Identifier: Apache-2.0
package io.silica.server.metrics;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpObject;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpVersion;
import java.lang.System.Logger.Level;
import java.util.Objects;
import java.util.function.BooleanSupplier;

/** Answers the one request of a connection. */
final class MetricsRequests extends SimpleChannelInboundHandler<HttpObject> {
    private static final System.Logger LOG = System.getLogger(MetricsRequests.class.getName());
    private static final String TEXT = "text/plain; charset=utf-8";

    private final Metrics metrics;
    private final Health health;
    private boolean answered;

    MetricsRequests(Metrics metrics, Health health) {
        this.metrics = metrics;
        this.health = health;
    }

    @Override
    protected void channelRead0(ChannelHandlerContext connection, HttpObject received) {
        // Whatever comes after the first head, a body or another request, is not looked at.
        if (received instanceof HttpRequest request && !answered) {
            answered = true;
            var _ =
                    connection
                            .writeAndFlush(answer(request))
                            .addListener(ChannelFutureListener.CLOSE);
        }
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext connection, Throwable cause) {
        // A caller that went away or sent no HTTP is its own business.
        LOG.log(Level.DEBUG, "closing a connection of the metrics socket", cause);
        var _ = connection.close();
    }

    private FullHttpResponse answer(HttpRequest request) {
        try {
            if (request.decoderResult().isFailure()) {
                return text(HttpResponseStatus.BAD_REQUEST, "cannot read the request");
            }
            return respond(request);
        } catch (RuntimeException e) {
            LOG.log(Level.ERROR, "cannot answer a request for metrics or health", e);
            return text(HttpResponseStatus.INTERNAL_SERVER_ERROR, "see the log of the daemon");
        }
    }

    private FullHttpResponse respond(HttpRequest request) {
        return switch (request.uri().replaceFirst("\\?.*", "")) {
            case "/metrics" -> isGet(request) ? metrics(request) : onlyGet();
            case "/healthz" -> isGet(request) ? state(health.alive()) : onlyGet();
            case "/readyz" -> isGet(request) ? state(health.ready()) : onlyGet();
            case "/protected" -> isGet(request) ? protection(health.danger().get()) : onlyGet();
            default ->
                    text(
                            HttpResponseStatus.NOT_FOUND,
                            "there are /metrics, /healthz, /readyz and /protected");
        };
    }

    private FullHttpResponse metrics(HttpRequest request) {
        var accepted =
                Objects.requireNonNullElse(request.headers().get(HttpHeaderNames.ACCEPT), "");
        var exposition = metrics.expose(accepted);
        return response(HttpResponseStatus.OK, exposition.contentType(), exposition.text());
    }

    private static FullHttpResponse state(BooleanSupplier good) {
        return good.getAsBoolean()
                ? text(HttpResponseStatus.OK, "ok")
                : text(HttpResponseStatus.SERVICE_UNAVAILABLE, "no");
    }

    private static FullHttpResponse protection(String danger) {
        return danger.isEmpty()
                ? text(HttpResponseStatus.OK, "ok")
                : text(HttpResponseStatus.SERVICE_UNAVAILABLE, danger);
    }

    private static boolean isGet(HttpRequest request) {
        return request.method().equals(HttpMethod.GET);
    }

    private static FullHttpResponse onlyGet() {
        var response = text(HttpResponseStatus.METHOD_NOT_ALLOWED, "only GET");
        response.headers().set(HttpHeaderNames.ALLOW, HttpMethod.GET);
        return response;
    }

    private static FullHttpResponse text(HttpResponseStatus status, String text) {
        return response(status, TEXT, text + "\n");
    }

    private static FullHttpResponse response(HttpResponseStatus status, String type, String text) {
        byte[] body = text.getBytes(UTF_8);
        var response =
                new DefaultFullHttpResponse(
                        HttpVersion.HTTP_1_1, status, Unpooled.wrappedBuffer(body));
        response.headers()
                .set(HttpHeaderNames.CONTENT_TYPE, type)
                .set(HttpHeaderNames.CONTENT_LENGTH, body.length)
                .set(HttpHeaderNames.CONNECTION, HttpHeaderValues.CLOSE);
        return response;
    }
}
