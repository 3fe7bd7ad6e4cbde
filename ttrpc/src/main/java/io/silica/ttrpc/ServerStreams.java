// SPDX-License-Identifier: Apache-2.0
package io.silica.ttrpc;

import com.google.protobuf.MessageLite;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * The open streams of one server connection. All methods are the reader's thread's; whichever
 * thread ends a stream takes it out, and {@link #closedLate} and {@link #closed} bear that.
 */
final class ServerStreams {
    /** What it had taken and not finished went with the one who had it. */
    private static final TtrpcStatus BROKEN_OFF =
            TtrpcStatus.of(
                    StatusCode.UNAVAILABLE,
                    "the stream was broken off: the server that had it has died");

    private final ServerConnection connection;
    private final Admission admission;
    private final Map<Integer, ServerStream<?, ?>> open = new ConcurrentHashMap<>();

    /** Of ended streams whose clients have not closed their side: who is still to hear of it. */
    private final Map<Integer, CallContext> parting = new ConcurrentHashMap<>();

    /** The only one that can be full: behind a full one nothing is read. */
    private @Nullable ServerStream<?, ?> last;

    ServerStreams(ServerConnection connection, Admission admission) {
        this.connection = connection;
        this.admission = admission;
    }

    /** A request for a stream has come. */
    <Q extends MessageLite, R extends MessageLite> void begin(
            MethodDefinition.Streaming<Q, R> method, CallOrigin origin, RequestHead head) {
        var call = new ServerCall<R>(connection, origin, head);
        int bytes = head.payload().remaining();
        if (origin.replay()) {
            call.answer(BROKEN_OFF);
        } else if (call.context().deadline().passed()) {
            call.cancel(Cancellation.DEADLINE_EXCEEDED);
        } else if (!admission.beginStream(bytes)) {
            call.answer(TtrpcStatus.of(StatusCode.RESOURCE_EXHAUSTED, "too many streams"));
        } else {
            var stream = new ServerStream<>(connection, origin, call, method.requests());
            // A stream of requests begins with an empty request, unless it has its first message.
            boolean hasMessage = bytes > 0 || !method.clientStreams();
            stream.begin(hasMessage ? head.payload() : null);
            start(method, call, stream, bytes);
        }
    }

    /** Gives a data frame to its stream; false if there is none. */
    boolean receive(Frame frame) {
        var stream = open.get(frame.streamId());
        if (stream == null) {
            return false;
        }
        stream.received(frame);
        last = stream;
        return true;
    }

    /** The client has closed its side of a stream that had ended, or of none. */
    void closedLate(int streamId) {
        var context = parting.remove(streamId);
        if (context != null) {
            context.part();
        }
    }

    /** The connection is gone, and with it every client. */
    void closed() {
        open.values().forEach(stream -> stream.context().part());
        parting.keySet().forEach(this::closedLate);
    }

    /** Ends a stream whose client broke the rules; false if there is none. */
    boolean breakOff(int streamId, TtrpcStatus status) {
        var stream = open.get(streamId);
        if (stream == null) {
            return false;
        }
        stream.breakOff(status);
        return true;
    }

    /** Whether the messages of all streams are taken, so that further ones may be read. */
    boolean areTaken() {
        if (last != null && last.isFull()) {
            return false;
        }
        last = null;
        return true;
    }

    private <Q extends MessageLite, R extends MessageLite> void start(
            MethodDefinition.Streaming<Q, R> method,
            ServerCall<R> call,
            ServerStream<Q, R> stream,
            int bytes) {
        int streamId = stream.streamId();
        open.put(streamId, stream);
        call.atEnd(() -> {
            // Before it is no longer open: the client may close its side at any moment.
            awaitParting(streamId, call.context());
            open.remove(streamId);
            stream.ended();
        });
        connection.open(call);
        Thread.ofVirtual()
                .name(call.threadName())
                .start(() -> {
                    run(method, call, stream);
                    admission.endStream(bytes);
                    connection.ended(call);
                });
    }

    private void awaitParting(int streamId, CallContext context) {
        if (context.awaitsParting()) {
            parting.put(streamId, context);
            if (connection.isClosed()) {
                closedLate(streamId);
            }
        }
    }

    private static <Q extends MessageLite, R extends MessageLite> void run(
            MethodDefinition.Streaming<Q, R> method,
            ServerCall<R> call,
            ServerStream<Q, R> stream) {
        try {
            method.body().run(stream);
        } catch (Throwable failure) {
            // Even an Error is an answer, as with any other call.
            call.fail(failure);
        }
    }
}
