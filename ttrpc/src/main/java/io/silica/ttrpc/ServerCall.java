// SPDX-License-Identifier: Apache-2.0
package io.silica.ttrpc;

import com.google.protobuf.MessageLite;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.concurrent.Future;
import org.jspecify.annotations.Nullable;

/**
 * A call between its request and its answer. Exactly one of answer, deadline and end of the
 * connection ends it; whoever comes second finds it ended.
 */
final class ServerCall<R extends MessageLite> implements Reply<R> {
    private static final TtrpcStatus TOO_LATE =
            TtrpcStatus.of(StatusCode.DEADLINE_EXCEEDED, "deadline exceeded");
    private static final TtrpcStatus GONE =
            TtrpcStatus.of(StatusCode.CANCELLED, "the connection is closed");

    private final ServerConnection connection;
    private final int streamId;
    private final CallContext context;
    private final long begun = System.nanoTime();
    private volatile Runnable atEnd = () -> {};
    private volatile @Nullable Future<?> expiry;
    private volatile @Nullable TtrpcStatus outcome;

    ServerCall(ServerConnection connection, CallOrigin origin, RequestHead head) {
        this.connection = connection;
        this.streamId = origin.streamId();
        this.context = new CallContext(connection.id(), origin, head, connection::endWhenIdle);
    }

    CallContext context() {
        return context;
    }

    String threadName() {
        // Concatenated: it is made for each call, and formatting takes longer.
        return "ttrpc-"
                + context.method()
                + "-"
                + connection.id()
                + "."
                + Integer.toUnsignedString(streamId);
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
        return answer(frame, TtrpcStatus.OK);
    }

    @Override
    public boolean fail(Throwable failure) {
        return answer(connection.config().statusOf(failure));
    }

    boolean answer(TtrpcStatus status) {
        return answer(ResponseFrame.of(streamId, status), status);
    }

    /** Ends a stream of responses, all of which were sent. */
    void completeStream() {
        answer(DataFrame.end(streamId), TtrpcStatus.OK);
    }

    /**
     * Sends one of several responses.
     *
     * @return false if the call has ended: nothing is sent on a stream behind its end
     */
    synchronized boolean sendPart(ByteBuffer frame) {
        if (outcome == null) {
            connection.sendPart(frame);
        }
        return outcome == null;
    }

    /** How the call has ended; null while it has not. */
    @Nullable TtrpcStatus outcome() {
        return outcome;
    }

    /** Nobody waits any more, because the deadline has passed or the connection is gone. */
    void cancel(Cancellation reason) {
        boolean late = reason == Cancellation.DEADLINE_EXCEEDED;
        cancel(reason, late ? TOO_LATE : GONE);
    }

    /** Answers, although the handler goes on and has to be told. */
    void breakOff(TtrpcStatus status) {
        cancel(Cancellation.STREAM_BROKEN, status);
    }

    private void cancel(Cancellation reason, TtrpcStatus status) {
        if (!end(status)) {
            return;
        }
        if (reason != Cancellation.CONNECTION_CLOSED) {
            send(ResponseFrame.of(streamId, status), status);
        }
        context.cancel(reason);
        atEnd.run();
    }

    private boolean answer(ByteBuffer frame, TtrpcStatus status) {
        if (!end(status)) {
            return false;
        }
        context.answered();
        send(frame, status);
        atEnd.run();
        return true;
    }

    private boolean end(TtrpcStatus status) {
        synchronized (this) {
            if (outcome != null) {
                return false;
            }
            outcome = status;
        }
        var timer = expiry;
        if (timer != null) {
            timer.cancel(false);
        }
        return true;
    }

    private void send(ByteBuffer frame, TtrpcStatus status) {
        connection.send(streamId, frame);
        var took = Duration.ofNanos(System.nanoTime() - begun);
        connection
                .config()
                .observer()
                .answered(context.service(), context.method(), status.code(), took);
    }
}
