// SPDX-License-Identifier: Apache-2.0
package io.silica.ttrpc;

import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.MessageLite;
import com.google.protobuf.Parser;
import io.silica.ttrpc.wire.Response;
import java.util.Optional;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * The client's side of a streaming call of whatever kind. What the server sends goes through an
 * {@link Inbox}, which is over when the call is.
 */
final class ClientStream<Q extends MessageLite, R extends MessageLite>
        implements ClientCall, RequestStream<Q, R>, DuplexStream<Q, R> {
    private static final String ONE_RESPONSE = "a data frame answered a call with one response";

    private final Parser<R> parser;
    private final StreamShape shape;
    private final Deadline deadline;
    private final FrameWriter writer;
    private final StreamLimits limits;
    private final Inbox responses;
    private final PendingCalls pending;
    private volatile boolean endedByServer;
    private int streamId;
    private boolean sendClosed;
    private boolean finished;

    ClientStream(
            Parser<R> parser,
            StreamShape shape,
            Deadline deadline,
            FrameWriter writer,
            StreamLimits limits,
            PendingCalls pending) {
        this.parser = parser;
        this.shape = shape;
        this.deadline = deadline;
        this.writer = writer;
        this.limits = limits;
        this.responses = new Inbox(limits.queuedBytes(), () -> {});
        this.pending = pending;
        this.sendClosed = !shape.clientStreams();
    }

    /** The call is on its way under this id. Before anything else but what the reader calls. */
    synchronized void begun(int id) {
        streamId = id;
    }

    @Override
    public boolean received(Frame frame) {
        switch (frame.type()) {
            case DATA -> data(frame);
            case RESPONSE -> response(frame);
            case REQUEST -> failed(internal("a request came from the server"));
            case UNRECOGNIZED -> {}
        }
        awaitRoom();
        return responses.isOver();
    }

    @Override
    public void failed(TtrpcException failure) {
        responses.fail(failure);
    }

    @Override
    public void send(Q message) {
        try {
            boolean hasRoom = writer.awaitRoom(deadline);
            send(message, hasRoom && !deadline.passed());
        } catch (InterruptedException e) {
            throw Interruption.of(e);
        }
    }

    private synchronized void send(Q message, boolean inTime) {
        if (responses.isOver()) {
            throw ending();
        }
        if (sendClosed) {
            throw new IllegalStateException("cannot send: the sending side is closed");
        }
        if (!inTime) {
            throw expired();
        }
        writer.send(DataFrame.of(streamId, message));
    }

    @Override
    public synchronized void closeSend() {
        if (!sendClosed) {
            sendClosed = true;
            // A server that has ended the call would take this for a mistake.
            if (!endedByServer) {
                writer.send(DataFrame.end(streamId));
            }
        }
    }

    @Override
    public Optional<R> receive() {
        if (deadline.passed() && !responses.isOver()) {
            throw expired();
        }
        try {
            var message = responses.take(deadline);
            return message == null
                    ? Optional.empty()
                    : Optional.of(Answers.message(message, parser));
        } catch (TimeoutException e) {
            throw expired();
        } catch (InterruptedException e) {
            throw Interruption.of(e);
        }
    }

    @Override
    public R finish() {
        synchronized (this) {
            if (finished) {
                throw new IllegalStateException("cannot finish: it was finished before");
            }
            finished = true;
            closeSend();
        }
        return receive().orElseThrow(() -> internal("the call ended without a response"));
    }

    @Override
    public void close() {
        giveUp(new TtrpcException(StatusCode.CANCELLED, "the stream was closed by its caller"));
    }

    private void giveUp(TtrpcException why) {
        closeSend();
        pending.forget(streamId());
        responses.drop(why);
    }

    private synchronized int streamId() {
        return streamId;
    }

    private void data(Frame frame) {
        var wrong = shape.serverStreams() ? DataFrame.contradiction(frame) : ONE_RESPONSE;
        if (wrong != null) {
            failed(internal(wrong));
            return;
        }
        if (!frame.has(Frame.NO_DATA)) {
            responses.add(frame.payload());
        }
        if (frame.has(Frame.REMOTE_CLOSED)) {
            endedByServer = true;
            responses.end();
        }
    }

    private void response(Frame frame) {
        endedByServer = true;
        try {
            var response = Response.parseFrom(frame.payload());
            Answers.throwFailure(response);
            // With several responses an empty one only says that there are no more.
            if (!shape.serverStreams() || !response.getPayload().isEmpty()) {
                responses.add(response.getPayload().asReadOnlyByteBuffer());
            }
            responses.end();
        } catch (InvalidProtocolBufferException e) {
            failed(Answers.malformed("the response", e));
        } catch (TtrpcException failure) {
            failed(failure);
        }
    }

    /** The reader waits here, and all other calls with it. */
    private void awaitRoom() {
        try {
            if (!responses.awaitRoom(limits.patience().toNanos())) {
                failed(
                        new TtrpcException(
                                StatusCode.RESOURCE_EXHAUSTED, "ttrpc: stream buffer full"));
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private TtrpcException expired() {
        var late = new TtrpcException(StatusCode.DEADLINE_EXCEEDED, "deadline exceeded");
        giveUp(late);
        return late;
    }

    private TtrpcException ending() {
        @Nullable TtrpcException failure = responses.failure();
        return failure == null
                ? new TtrpcException(StatusCode.FAILED_PRECONDITION, "the call has ended")
                : new TtrpcException(failure.status(), failure);
    }

    private static TtrpcException internal(String words) {
        return new TtrpcException(StatusCode.INTERNAL, words);
    }
}
