// SPDX-License-Identifier: Apache-2.0
package io.silica.ttrpc;

import com.google.protobuf.MessageLite;
import com.google.protobuf.StringValue;
import io.silica.ttrpc.wire.Request;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.atomic.AtomicInteger;

/** A service with one method of each kind, and what its handlers have seen. */
final class TestService {
    static final String NAME = "silica.test.Echo";
    static final String STREAMING_REFUSED = "set io_type to fifo";

    final BlockingQueue<CallContext> contexts = new LinkedBlockingQueue<>();
    final BlockingQueue<Reply<StringValue>> held = new LinkedBlockingQueue<>();
    final BlockingQueue<Cancellation> cancellations = new LinkedBlockingQueue<>();
    final BlockingQueue<String> threads = new LinkedBlockingQueue<>();
    final BlockingQueue<Session> sessions = new LinkedBlockingQueue<>();
    final AtomicInteger blocked = new AtomicInteger();
    final List<StatusCode> observed = new ArrayList<>();
    private final CompletableFuture<Void> opened = new CompletableFuture<>();
    private final CountDownLatch gate = new CountDownLatch(1);

    /** A stream whose handler does what the test does with it, until it is let go. */
    record Session(
            MessageSource<StringValue> requests,
            CallContext context,
            MessageSink<StringValue> responses,
            CompletableFuture<Void> end) {}

    static Request.Builder request(String method, MessageLite argument) {
        return Request.newBuilder()
                .setService(NAME)
                .setMethod(method)
                .setPayload(argument.toByteString());
    }

    ServerConfig config() {
        return ServerConfig.of(definition()).withObserver((_, _, code, _) -> observe(code));
    }

    /** Lets every call of Block and every session end. */
    void openGate() {
        opened.complete(null);
        gate.countDown();
    }

    private ServiceDefinition definition() {
        var strings = StringValue.parser();
        return ServiceDefinition.named(NAME)
                .unary("Echo", strings, this::echo, Dispatch.NON_BLOCKING)
                .unary("EchoBlocking", strings, this::echo, Dispatch.BLOCKING)
                .unary("Block", strings, this::block, Dispatch.BLOCKING)
                .unary("Fail", strings, TestService::fail, Dispatch.NON_BLOCKING)
                .unary("Throw", strings, TestService::throwError, Dispatch.NON_BLOCKING)
                .unary("Repeat", strings, TestService::repeat, Dispatch.NON_BLOCKING)
                .held("Hold", strings, this::hold)
                .serverStreaming("Count", strings, TestService::count)
                .clientStreaming("Join", strings, TestService::join)
                .bidirectional("Chat", strings, TestService::chat)
                .bidirectional("Session", strings, this::session)
                .serverStreaming("Flood", strings, TestService::flood)
                .refused("Stream", TtrpcStatus.of(StatusCode.UNIMPLEMENTED, STREAMING_REFUSED))
                .refusedForGood("Leave", TtrpcStatus.of(StatusCode.UNIMPLEMENTED, "leave"))
                .build();
    }

    private synchronized void observe(StatusCode code) {
        observed.add(code);
    }

    private StringValue echo(StringValue request, CallContext context) {
        contexts.add(context);
        threads.add(Thread.currentThread().getName());
        return request;
    }

    private StringValue block(StringValue request, CallContext context)
            throws InterruptedException {
        contexts.add(context);
        context.onCancel(() -> context.cancellation().ifPresent(cancellations::add));
        blocked.incrementAndGet();
        gate.await();
        return request;
    }

    private void hold(StringValue request, CallContext context, Reply<StringValue> reply) {
        contexts.add(context);
        context.onCancel(() -> context.cancellation().ifPresent(cancellations::add));
        held.add(reply);
    }

    /** The numbers up to the one of the request. */
    private static void count(
            StringValue request, CallContext context, MessageSink<StringValue> responses) {
        int last = Integer.parseInt(request.getValue());
        for (int i = 1; i <= last; i++) {
            responses.send(StringValue.of(Integer.toString(i)));
        }
    }

    private static StringValue join(MessageSource<StringValue> requests, CallContext context) {
        var all = new StringBuilder();
        for (var request : requests) {
            if (request.getValue().equals("enough")) {
                break;
            }
            all.append(request.getValue());
        }
        return StringValue.of(all.toString());
    }

    /** An echo, which fails when it is told to. */
    private static void chat(
            MessageSource<StringValue> requests,
            CallContext context,
            MessageSink<StringValue> responses) {
        for (var request : requests) {
            if (request.getValue().equals("fail")) {
                throw new TtrpcException(StatusCode.ABORTED, "as told");
            }
            responses.send(request);
        }
    }

    private void session(
            MessageSource<StringValue> requests,
            CallContext context,
            MessageSink<StringValue> responses)
            throws Exception {
        context.onCancel(() -> context.cancellation().ifPresent(cancellations::add));
        var session = new Session(requests, context, responses, new CompletableFuture<>());
        sessions.add(session);
        CompletableFuture.anyOf(session.end, opened).get();
    }

    /** As fast as it can, for ever. */
    private static void flood(
            StringValue request, CallContext context, MessageSink<StringValue> responses) {
        while (true) {
            responses.send(request);
        }
    }

    private static StringValue fail(StringValue request, CallContext context) {
        throw new TtrpcException(StatusCode.NOT_FOUND, "no " + request.getValue());
    }

    private static StringValue throwError(StringValue request, CallContext context) {
        throw new AssertionError(request.getValue());
    }

    /** As many bytes as the request says. */
    private static StringValue repeat(StringValue request, CallContext context) {
        return StringValue.of("x".repeat(Integer.parseInt(request.getValue())));
    }
}
