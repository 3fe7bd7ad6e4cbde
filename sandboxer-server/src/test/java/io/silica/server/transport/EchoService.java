// SPDX-License-Identifier: Apache-2.0
package io.silica.server.transport;

import com.google.protobuf.StringValue;
import io.silica.ttrpc.CallContext;
import io.silica.ttrpc.CallOptions;
import io.silica.ttrpc.Cancellation;
import io.silica.ttrpc.Dispatch;
import io.silica.ttrpc.Reply;
import io.silica.ttrpc.ServerConfig;
import io.silica.ttrpc.ServiceDefinition;
import io.silica.ttrpc.StatusCode;
import io.silica.ttrpc.TtrpcClient;
import io.silica.ttrpc.TtrpcStatus;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.atomic.AtomicInteger;

/** A service with one method of each kind, and what its handlers have seen. */
final class EchoService {
    static final String NAME = "silica.test.Echo";

    final BlockingQueue<CallContext> contexts = new LinkedBlockingQueue<>();
    final BlockingQueue<Reply<StringValue>> held = new LinkedBlockingQueue<>();
    final BlockingQueue<Cancellation> cancellations = new LinkedBlockingQueue<>();
    final AtomicInteger blocked = new AtomicInteger();
    private final CountDownLatch gate = new CountDownLatch(1);

    ServerConfig config() {
        var strings = StringValue.parser();
        return ServerConfig.of(
                ServiceDefinition.named(NAME)
                        .refusedForGood(
                                "Refused", TtrpcStatus.of(StatusCode.UNIMPLEMENTED, "never"))
                        .unary("Echo", strings, EchoService::echo, Dispatch.NON_BLOCKING)
                        .unary("EchoBlocking", strings, EchoService::echo, Dispatch.BLOCKING)
                        .unary("Block", strings, this::block, Dispatch.BLOCKING)
                        .unary("Repeat", strings, EchoService::repeat, Dispatch.NON_BLOCKING)
                        .unary("RepeatBlocking", strings, EchoService::repeat, Dispatch.BLOCKING)
                        .held("Hold", strings, this::hold)
                        .build());
    }

    void openGate() {
        gate.countDown();
    }

    static String call(TtrpcClient client, String method, String text) {
        return client.call(
                        NAME,
                        method,
                        StringValue.of(text),
                        StringValue.parser(),
                        CallOptions.none())
                .getValue();
    }

    private static StringValue echo(StringValue request, CallContext context) {
        return request;
    }

    /** As many bytes as the request says. */
    private static StringValue repeat(StringValue request, CallContext context) {
        return StringValue.of("x".repeat(Integer.parseInt(request.getValue())));
    }

    private StringValue block(StringValue request, CallContext context)
            throws InterruptedException {
        blocked.incrementAndGet();
        contexts.add(context);
        context.onCancel(() -> context.cancellation().ifPresent(cancellations::add));
        gate.await();
        return request;
    }

    private void hold(StringValue request, CallContext context, Reply<StringValue> reply) {
        contexts.add(context);
        context.onCancel(() -> context.cancellation().ifPresent(cancellations::add));
        held.add(reply);
    }
}
