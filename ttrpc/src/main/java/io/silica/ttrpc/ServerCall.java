// SPDX-License-Identifier: Apache-2.0
package io.silica.ttrpc;

import com.google.protobuf.MessageLite;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * A call between its request and its answer. Exactly one of answer, deadline and end of the
 * connection ends it; whoever comes second finds it ended.
 */
final class ServerCall<R extends MessageLite> implements Reply<R> {
    private final ServerConnection connection;
    private final int streamId;
    private final CallContext context;
    private final long begun = System.nanoTime();
    private final AtomicBoolean ended = new AtomicBoolean();
    private volatile Runnable atEnd = () -> {};
    private volatile @Nullable Future<?> expiry;

    ServerCall(ServerConnection connection, CallOrigin origin, RequestHead head) {
        this.connection = connection;
        this.streamId = origin.streamId();
        this.context = new CallContext(connection.id(), origin, head);
    }

    CallContext context() {
        return context;
    }

    String threadName() {
        return "ttrpc-%s-%s.%s"
                .formatted(context.method(), connection.id(), Integer.toUnsignedString(streamId));
    }

    /** Ends the call at its deadline if it has one. Before anything can answer it. */
    void expireWith(CallTimer timer) {
        if (context.deadline().exists()) {
            expiry =
                    timer.schedule(
                            () -> cancel(Cancellation.DEADLINE_EXCEEDED),
                            context.deadline().remainingNanos());
        }
    }

    /**
     * What to do when the call has ended, on the thread that ends it. Before anything can answer
     * it.
     */
    void atEnd(Runnable action) {
        atEnd = action;
    }

    @Override
    public boolean complete(R response) {
        ByteBuffer frame;
        try {
            frame = ResponseFrame.of(streamId, response);
        } catch (TtrpcException tooLong) {
            return answer(tooLong.status());
        }
        return answer(frame, StatusCode.OK);
    }

    @Override
    public boolean fail(Throwable failure) {
        return answer(connection.config().statusOf(failure));
    }

    boolean answer(TtrpcStatus status) {
        return answer(ResponseFrame.of(streamId, status), status.code());
    }

    void cancel(Cancellation reason) {
        if (!end()) {
            return;
        }
        if (reason == Cancellation.DEADLINE_EXCEEDED) {
            var status = TtrpcStatus.of(StatusCode.DEADLINE_EXCEEDED, "deadline exceeded");
            send(ResponseFrame.of(streamId, status), status.code());
        }
        context.cancel(reason);
        atEnd.run();
    }

    private boolean answer(ByteBuffer frame, StatusCode code) {
        if (!end()) {
            return false;
        }
        context.answered();
        send(frame, code);
        atEnd.run();
        return true;
    }

    private boolean end() {
        if (!ended.compareAndSet(false, true)) {
            return false;
        }
        var timer = expiry;
        if (timer != null) {
            timer.cancel(false);
        }
        return true;
    }

    private void send(ByteBuffer frame, StatusCode code) {
        connection.send(streamId, frame);
        var took = Duration.ofNanos(System.nanoTime() - begun);
        connection.config().observer().answered(context.service(), context.method(), code, took);
    }
}
