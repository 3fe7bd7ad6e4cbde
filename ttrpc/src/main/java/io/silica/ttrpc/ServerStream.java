// SPDX-License-Identifier: Apache-2.0
package io.silica.ttrpc;

import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.MessageLite;
import com.google.protobuf.Parser;
import java.nio.ByteBuffer;
import java.util.Optional;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * The server's side of a streaming call, open until its {@link ServerCall} has ended.
 *
 * <pre>
 *   open --data [RC]--> closed by the client          answered: handler returned or threw
 *    |                          |                     cancelled: deadline, connection gone
 *    +-----------+--------------+                     broken: a frame against the rules, or
 *                v                                            requests that nobody takes
 *              ended  (answered, cancelled, broken)
 * </pre>
 *
 * <p>{@link #received} is for the reader's thread, what the handler sees for any.
 */
final class ServerStream<Q extends MessageLite, R extends MessageLite>
        implements MessageSource<Q>, MessageSink<R> {
    private static final TtrpcStatus STREAM_CLOSED =
            invalid("data handling error: ttrpc: stream closed");
    private static final TtrpcStatus STREAM_FULL =
            TtrpcStatus.of(StatusCode.RESOURCE_EXHAUSTED, "ttrpc: stream buffer full");

    private final ServerCall<R> call;
    private final int streamId;
    private final Parser<Q> parser;
    private final ServerConnection connection;
    private final StreamLimits limits;
    private final Inbox requests;
    private final AtomicBoolean watched = new AtomicBoolean();

    /** Of the reader's thread. */
    private boolean closedByClient;

    ServerStream(
            ServerConnection connection, CallOrigin origin, ServerCall<R> call, Parser<Q> parser) {
        this.connection = connection;
        this.call = call;
        this.streamId = origin.streamId();
        this.parser = parser;
        this.closedByClient = !origin.has(Frame.REMOTE_OPEN);
        this.limits = connection.config().limits().stream();
        this.requests = new Inbox(limits.queuedBytes(), connection::resume);
    }

    int streamId() {
        return streamId;
    }

    CallContext context() {
        return call.context();
    }

    /**
     * The request has come, with the first message if it has one.
     *
     * @param payload copied
     */
    void begin(@Nullable ByteBuffer payload) {
        if (payload != null) {
            requests.add(payload);
        }
        if (closedByClient) {
            requests.end();
            context().part();
        }
    }

    /** A data frame has come. */
    void received(Frame frame) {
        var contradiction = DataFrame.contradiction(frame);
        if (closedByClient) {
            breakOff(STREAM_CLOSED);
        } else if (contradiction != null) {
            breakOff(invalid(contradiction));
        } else {
            take(frame);
        }
    }

    /** Ends the call with a status that is not the handler's. */
    void breakOff(TtrpcStatus status) {
        call.breakOff(status);
    }

    /** Whether nothing further may be read, because the handler does not take what has come. */
    boolean isFull() {
        return requests.isFull();
    }

    /** The call has ended, in whatever way: who waits here is to hear of it. */
    void ended() {
        requests.drop(ending());
        connection.room();
    }

    @Override
    public Optional<Q> receive() {
        try {
            var message = requests.take(Deadline.NONE);
            return message == null ? Optional.empty() : Optional.of(parser.parseFrom(message));
        } catch (InvalidProtocolBufferException e) {
            throw ServerConnection.malformed(e);
        } catch (InterruptedException e) {
            throw Interruption.of(e);
        } catch (TimeoutException e) {
            throw new IllegalStateException("there is no deadline here", e);
        }
    }

    @Override
    public void send(R message) {
        var frame = DataFrame.of(streamId, message);
        try {
            connection.awaitRoom(() -> call.outcome() != null);
        } catch (InterruptedException e) {
            throw Interruption.of(e);
        }
        if (!call.sendPart(frame)) {
            throw ending();
        }
    }

    /**
     * Of a method that has only one.
     *
     * @throws TtrpcException INTERNAL if it cannot be read
     */
    Q onlyRequest() {
        return receive()
                .orElseThrow(() -> new TtrpcException(StatusCode.INTERNAL, "there is no request"));
    }

    /** All responses were sent. */
    void complete() {
        call.completeStream();
    }

    /** The one response of a method that has only one. */
    void complete(R response) {
        call.complete(response);
    }

    private void take(Frame frame) {
        if (!frame.has(Frame.NO_DATA)) {
            requests.add(frame.payload());
        }
        if (frame.has(Frame.REMOTE_CLOSED)) {
            closedByClient = true;
            requests.end();
            context().part();
        }
        watchIfFull();
    }

    private void watchIfFull() {
        if (isFull() && watched.compareAndSet(false, true)) {
            watch(requests.taken());
        }
    }

    private void watch(long taken) {
        connection.schedule(() -> look(taken), limits.patience());
    }

    private void look(long taken) {
        if (!isFull()) {
            watched.set(false);
            watchIfFull();
        } else if (requests.taken() == taken) {
            breakOff(STREAM_FULL);
        } else {
            watch(requests.taken());
        }
    }

    /** What a handler hears that goes on after the end. */
    private TtrpcException ending() {
        var outcome = call.outcome();
        return outcome == null || outcome.isOk()
                ? new TtrpcException(StatusCode.FAILED_PRECONDITION, "the call has ended")
                : outcome.asException();
    }

    private static TtrpcStatus invalid(String words) {
        return TtrpcStatus.of(StatusCode.INVALID_ARGUMENT, words);
    }
}
