// SPDX-License-Identifier: Apache-2.0
package io.silica.ttrpc;

import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.MessageLite;
import com.google.protobuf.Parser;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.BooleanSupplier;

/**
 * The server's side of one connection, without the connection: fed with the bytes that arrive, it
 * calls handlers and gives frames to a {@link FrameSink}. It reads nothing, writes nothing and, but
 * for handlers that may block, has no thread, so that an event loop can drive thousands.
 *
 * <p>One thread at a time, the reader, calls {@link #receive}; everything else may be called by any
 * thread. What a client does wrong is answered as Go's server answers it, on the stream it was done
 * on; only bytes that cannot be ttrpc end the connection.
 */
public final class ServerConnection {
    private final ConnectionId id;
    private final ServerConfig config;
    private final FrameSink sink;
    private final CallTimer timer;
    private final Queue<Backlog.Request> replays;
    private final ByteBuffer tail;
    private final FrameDecoder decoder;
    private final StreamIds streamIds;
    private final Admission admission;
    private final ServerStreams streams;
    private final Room room;
    private final Set<ServerCall<?>> openCalls = ConcurrentHashMap.newKeySet();
    private volatile boolean over;

    /** Read and written by the reader's thread only. */
    private boolean refusedForGood;

    private volatile boolean closed;

    /** A connection from its first byte on. */
    public ServerConnection(ConnectionId id, ServerConfig config, FrameSink sink, CallTimer timer) {
        this(id, config, sink, timer, Backlog.NONE);
    }

    /**
     * A connection that an earlier life of this server has read from. Its requests are begun again
     * by the next {@link #receive}, be it of nothing, as replays and before anything that has come
     * since.
     */
    public ServerConnection(
            ConnectionId id,
            ServerConfig config,
            FrameSink sink,
            CallTimer timer,
            Backlog backlog) {
        this.id = id;
        this.config = config;
        this.sink = sink;
        this.timer = timer;
        this.replays = new ConcurrentLinkedQueue<>(backlog.requests());
        this.tail = backlog.tail();
        this.decoder = new FrameDecoder(backlog.toSkip());
        this.streamIds = new StreamIds(backlog.lastStreamId());
        this.admission = new Admission(config.limits());
        this.room = new Room(sink);
        this.streams = new ServerStreams(this, admission);
    }

    /** As which its calls know it. */
    public ConnectionId id() {
        return id;
    }

    /**
     * Takes what has arrived, in pieces of any size, and begins the calls in it. Bytes left over
     * mean that the connection is at a limit: give them again, before any others, when the sink is
     * writable and after {@link FrameSink#resume}.
     *
     * @param bytes not kept after the return
     * @throws ProtocolException if this is not ttrpc; close the connection
     */
    public void receive(ByteBuffer bytes) throws ProtocolException {
        replay();
        if (replays.isEmpty()) {
            decode(tail);
        }
        if (!isBehind()) {
            decode(bytes);
        }
    }

    /**
     * Whether some of the backlog is still to be begun: call {@link #receive} again as if bytes
     * were left over. The reader's thread.
     */
    public boolean isBehind() {
        return !replays.isEmpty() || tail.hasRemaining();
    }

    /**
     * Whether a call was refused for good, or has ended the connection: close it when it is idle
     * and all is sent. After a refusal it is not so yet while a client that has opened a stream is
     * about to send its first message: one that fails to, because the connection is gone, does not
     * look at the refusal any more.
     */
    public boolean isOver() {
        return over;
    }

    /** How many blocking, held and streaming calls are not finished: 0 is idle. */
    public int openCalls() {
        return openCalls.size() + replays.size();
    }

    /** {@link FrameSink#writable} has become true again: streams go on sending. Any thread. */
    public void room() {
        room.signal();
    }

    /** The connection is gone: cancels every open call and drops their answers. Idempotent. */
    public void closed() {
        closed = true;
        openCalls.forEach(call -> call.cancel(Cancellation.CONNECTION_CLOSED));
        streams.closed();
    }

    boolean isClosed() {
        return closed;
    }

    /** {@link #isOver} from now on. */
    void endWhenIdle() {
        over = true;
        sink.idle();
    }

    ServerConfig config() {
        return config;
    }

    void send(int streamId, ByteBuffer frame) {
        if (!closed) {
            sink.send(streamId, frame);
        }
    }

    void sendPart(ByteBuffer frame) {
        if (!closed) {
            sink.sendPart(frame);
        }
    }

    /** Waits until the peer takes what was sent before, or there is no use in waiting. */
    void awaitRoom(BooleanSupplier useless) throws InterruptedException {
        room.await(useless);
    }

    /** Bytes that were left may be given again. */
    void resume() {
        sink.resume();
    }

    void schedule(Runnable task, Duration delay) {
        var _ = timer.schedule(task, delay.toNanos());
    }

    private boolean ready() {
        return sink.writable() && admission.open() && streams.areTaken();
    }

    private void replay() {
        while (!replays.isEmpty() && ready()) {
            var request = replays.remove();
            var frame = request.decoded();
            begin(CallOrigin.replayed(frame, request.ageNanos()), frame);
        }
    }

    private void decode(ByteBuffer bytes) throws ProtocolException {
        while (ready()) {
            switch (decoder.next(bytes)) {
                case null -> {
                    return;
                }
                case Inbound.Oversized oversized ->
                        refuse(oversized.streamId(), oversized.status());
                case Frame frame -> accept(frame);
            }
        }
    }

    private void accept(Frame frame) {
        if (!StreamIds.isClients(frame.streamId())) {
            refuse(frame.streamId(), "StreamID must be odd for client initiated streams");
            return;
        }
        switch (frame.type()) {
            case REQUEST -> request(frame);
            case DATA -> data(frame);
            case RESPONSE, UNRECOGNIZED -> {}
        }
    }

    private void request(Frame frame) {
        if (streamIds.take(frame.streamId())) {
            begin(CallOrigin.arrived(frame), frame);
        } else {
            refuse(frame.streamId(), "StreamID cannot be re-used and must increment");
        }
    }

    /** On no stream it is what came right behind a refusal, or crossed our end, or a mistake. */
    private void data(Frame frame) {
        if (streams.receive(frame)) {
            return;
        }
        if (isLateClose(frame)) {
            streams.closedLate(frame.streamId());
        }
        if (refusedForGood) {
            over = true;
        } else if (!isLateClose(frame)) {
            refuse(frame.streamId(), "StreamID is no longer active");
        }
    }

    private boolean isLateClose(Frame frame) {
        return frame.has(Frame.REMOTE_CLOSED)
                && !frame.payload().hasRemaining()
                && streamIds.wasTaken(frame.streamId());
    }

    private void begin(CallOrigin origin, Frame frame) {
        begin(origin, frame.payload());
        if (refusedForGood && !frame.has(Frame.REMOTE_OPEN)) {
            over = true;
        }
    }

    private void begin(CallOrigin origin, ByteBuffer message) {
        try {
            var head = RequestHead.parse(message, config.limits().metadataEntries());
            begin(origin, head, config.method(head.service(), head.method()));
        } catch (TtrpcException refusal) {
            refuse(origin.streamId(), refusal.status());
        } catch (IOException malformed) {
            refuse(origin.streamId(), "unmarshal request error: " + malformed.getMessage());
        }
    }

    private void begin(CallOrigin origin, RequestHead head, MethodDefinition method) {
        var contradiction = method.contradiction(origin);
        if (contradiction != null) {
            refuse(origin.streamId(), contradiction);
            return;
        }
        switch (method) {
            case MethodDefinition.Unary<?, ?> unary -> beginUnary(unary, origin, head);
            case MethodDefinition.Held<?, ?> held -> beginHeld(held, origin, head);
            case MethodDefinition.Streaming<?, ?> stream -> streams.begin(stream, origin, head);
            case MethodDefinition.Refused(var status, var ends) -> {
                refusedForGood |= ends;
                new ServerCall<>(this, origin, head).answer(status);
            }
        }
    }

    private <Q extends MessageLite, R extends MessageLite> void beginUnary(
            MethodDefinition.Unary<Q, R> method, CallOrigin origin, RequestHead head) {
        var call = new ServerCall<R>(this, origin, head);
        if (call.context().deadline().passed()) {
            call.cancel(Cancellation.DEADLINE_EXCEEDED);
            return;
        }
        switch (method.dispatch()) {
            case NON_BLOCKING -> answer(method, call, head.payload());
            case BLOCKING -> beginBlocking(method, call, copy(head.payload()));
        }
    }

    private <Q extends MessageLite, R extends MessageLite> void beginBlocking(
            MethodDefinition.Unary<Q, R> method, ServerCall<R> call, ByteBuffer payload) {
        int bytes = payload.remaining();
        admission.beginRunning(bytes);
        open(call);
        Thread.ofVirtual()
                .name(call.threadName())
                .start(() -> {
                    answer(method, call, payload);
                    ended(call);
                    if (admission.endRunning(bytes)) {
                        sink.resume();
                    }
                });
    }

    private <Q extends MessageLite, R extends MessageLite> void answer(
            MethodDefinition.Unary<Q, R> method, ServerCall<R> call, ByteBuffer payload) {
        try {
            var request = parse(method.requests(), payload);
            call.complete(method.handler().handle(request, call.context()));
        } catch (Throwable failure) {
            // Even an Error is an answer: the loop and its other connections go on.
            call.fail(failure);
        }
    }

    private <Q extends MessageLite, R extends MessageLite> void beginHeld(
            MethodDefinition.Held<Q, R> method, CallOrigin origin, RequestHead head) {
        int bytes = head.payload().remaining();
        var call = new ServerCall<R>(this, origin, head);
        if (!admission.beginHeld(bytes)) {
            call.answer(TtrpcStatus.of(StatusCode.RESOURCE_EXHAUSTED, "too many held calls"));
            return;
        }
        call.atEnd(() -> {
            admission.endHeld(bytes);
            ended(call);
        });
        open(call);
        try {
            method.handler().handle(parse(method.requests(), head.payload()), call.context(), call);
        } catch (Throwable failure) {
            call.fail(failure);
        }
    }

    void open(ServerCall<?> call) {
        openCalls.add(call);
        call.expireWith(timer);
        if (closed) {
            call.cancel(Cancellation.CONNECTION_CLOSED);
        }
    }

    void ended(ServerCall<?> call) {
        openCalls.remove(call);
        if (openCalls() == 0) {
            sink.idle();
        }
    }

    private void refuse(int streamId, String why) {
        refuse(streamId, TtrpcStatus.of(StatusCode.INVALID_ARGUMENT, why));
    }

    /** The client takes it for the end of what it has on that stream, and so do we. */
    private void refuse(int streamId, TtrpcStatus status) {
        if (!streams.breakOff(streamId, status)) {
            send(streamId, ResponseFrame.of(streamId, status));
        }
    }

    private static <Q extends MessageLite> Q parse(Parser<Q> parser, ByteBuffer payload) {
        try {
            return parser.parseFrom(payload);
        } catch (InvalidProtocolBufferException malformed) {
            throw malformed(malformed);
        }
    }

    static TtrpcException malformed(InvalidProtocolBufferException cause) {
        return new TtrpcException(
                TtrpcStatus.of(
                        StatusCode.INTERNAL,
                        "ttrpc: error unmarshalling payload: " + cause.getMessage()),
                cause);
    }

    private static ByteBuffer copy(ByteBuffer payload) {
        return ByteBuffer.allocate(payload.remaining()).put(payload).flip();
    }
}
