// SPDX-License-Identifier: Apache-2.0
package io.silica.server.faults;

import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.MessageLite;
import com.google.protobuf.Parser;
import io.silica.server.oci.OciLimits;
import io.silica.server.oci.OciSpecReader;
import io.silica.server.registry.SandboxRegistry;
import io.silica.server.status.StatusMapper;
import io.silica.server.task.Operations;
import io.silica.server.task.TaskService;
import io.silica.ttrpc.Backlog;
import io.silica.ttrpc.CallTimer;
import io.silica.ttrpc.ConnectionId;
import io.silica.ttrpc.FrameSink;
import io.silica.ttrpc.ProtocolException;
import io.silica.ttrpc.ServerConfig;
import io.silica.ttrpc.ServerConnection;
import io.silica.ttrpc.StatusCode;
import io.silica.ttrpc.TtrpcException;
import io.silica.ttrpc.TtrpcStatus;
import io.silica.ttrpc.wire.Request;
import io.silica.ttrpc.wire.Response;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/** A call that an earlier life of the daemon has begun, as the next one begins it again. */
final class Replay implements FrameSink, AutoCloseable {
    private static final int HEADER_BYTES = 10;
    private static final byte REQUEST = 1;
    private static final byte REMOTE_CLOSED = 1;
    private static final long PATIENCE_SECONDS = 30;

    private final CallTimer timer = new CallTimer();
    private final CompletableFuture<Response> answer = new CompletableFuture<>();
    private final ServerConnection connection;

    private Replay(SandboxRegistry registry, Request request) {
        var tasks =
                new TaskService(
                        registry,
                        new OciSpecReader(OciLimits.DEFAULT),
                        new Operations("replay"),
                        (_, _) -> () -> {},
                        () -> true);
        this.connection =
                new ServerConnection(
                        new ConnectionId(1),
                        ServerConfig.of(tasks.definitions()).withExceptions(StatusMapper::ttrpc),
                        this,
                        timer,
                        new Backlog(
                                1,
                                List.of(new Backlog.Request(frame(request), 0)),
                                0,
                                ByteBuffer.allocate(0)));
    }

    /** Begins a call of the Task service again. */
    static Replay begin(SandboxRegistry registry, String method, MessageLite request) {
        var replay =
                new Replay(
                        registry,
                        Request.newBuilder()
                                .setService(TaskService.NAMES.getFirst())
                                .setMethod(method)
                                .setPayload(request.toByteString())
                                .build());
        try {
            replay.connection.receive(ByteBuffer.allocate(0));
        } catch (ProtocolException e) {
            throw new AssertionError(e);
        }
        return replay;
    }

    /** Begins it again and waits for the answer. */
    static <R> R call(
            SandboxRegistry registry, String method, MessageLite request, Parser<R> answers) {
        try (var replay = begin(registry, method, request)) {
            return replay.await(answers);
        }
    }

    /**
     * Waits for the answer.
     *
     * @throws TtrpcException if it is a refusal
     */
    <R> R await(Parser<R> answers) {
        try {
            Response response = answer.get(PATIENCE_SECONDS, TimeUnit.SECONDS);
            if (response.hasStatus() && response.getStatus().getCode() != 0) {
                throw new TtrpcException(
                        TtrpcStatus.of(
                                StatusCode.ofNumber(response.getStatus().getCode()),
                                response.getStatus().getMessage()),
                        new AssertionError("the answer to a replay"));
            }
            return answers.parseFrom(response.getPayload());
        } catch (TtrpcException e) {
            throw e;
        } catch (Exception e) {
            throw new AssertionError(e);
        }
    }

    boolean isAnswered() {
        return answer.isDone();
    }

    private static ByteBuffer frame(Request request) {
        byte[] payload = request.toByteArray();
        return ByteBuffer.allocate(HEADER_BYTES + payload.length)
                .putInt(payload.length)
                .putInt(1)
                .put(REQUEST)
                .put(REMOTE_CLOSED)
                .put(payload)
                .flip();
    }

    @Override
    public void send(int streamId, ByteBuffer frame) {
        try {
            answer.complete(Response.parseFrom(frame.position(frame.position() + HEADER_BYTES)));
        } catch (InvalidProtocolBufferException e) {
            answer.completeExceptionally(e);
        }
    }

    @Override
    public void sendPart(ByteBuffer frame) {
        throw new AssertionError("the Task service has no streams");
    }

    @Override
    public boolean writable() {
        return true;
    }

    @Override
    public void resume() {}

    @Override
    public void idle() {}

    @Override
    public void close() {
        connection.closed();
        timer.close();
    }
}
