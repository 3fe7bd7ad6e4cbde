// SPDX-License-Identifier: Apache-2.0
package io.silica.ttrpc;

import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.MessageLite;
import com.google.protobuf.Parser;
import io.silica.ttrpc.wire.Request;
import io.silica.ttrpc.wire.Response;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ByteChannel;
import java.nio.channels.ReadableByteChannel;
import java.nio.channels.SocketChannel;
import java.nio.channels.WritableByteChannel;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * A ttrpc client: many calls at a time over one connection. Thread safe; a call blocks its thread,
 * which is best a virtual one.
 *
 * <p>Every failure is a {@link TtrpcException}: the server's own status; DEADLINE_EXCEEDED when the
 * timeout passed; CANCELLED when the thread was interrupted (it stays so); UNAVAILABLE when the
 * connection is gone, for calls in flight and all later ones, since ttrpc has no reconnect;
 * RESOURCE_EXHAUSTED for a message longer than 4 MiB; INTERNAL for an answer that cannot be
 * understood. An answer that nobody waits for is dropped and counted.
 */
public final class TtrpcClient implements AutoCloseable {
    private static final Logger LOGGER = System.getLogger(TtrpcClient.class.getName());
    private static final int CHUNK_BYTES = 16 << 10;
    private static final int UNWRITTEN_BYTES = 1 << 20;

    private final ChannelPair channels;
    private final PendingCalls pending;
    private final FrameWriter writer;
    private final FrameDecoder decoder = new FrameDecoder();
    private final CompletableFuture<Void> ended = new CompletableFuture<>();
    private final Thread reader;

    TtrpcClient(ChannelPair channels, int firstStreamId) {
        this.channels = channels;
        this.pending = new PendingCalls(firstStreamId);
        this.writer =
                new FrameWriter(
                        "ttrpc-client",
                        channels.output(),
                        UNWRITTEN_BYTES,
                        () -> {},
                        () -> {},
                        this::lost);
        this.reader = Thread.ofVirtual().name("ttrpc-client-reader").start(this::read);
    }

    /** Connects to a Unix socket. */
    public static TtrpcClient connect(Path socket) throws IOException {
        return over(SocketChannel.open(UnixDomainSocketAddress.of(socket)));
    }

    /** A client over a connected, blocking channel, which is the client's from now on. */
    public static TtrpcClient over(ByteChannel channel) {
        return over(channel, channel);
    }

    /** A client over a pair of blocking channels, which are the client's from now on. */
    public static TtrpcClient over(ReadableByteChannel input, WritableByteChannel output) {
        return new TtrpcClient(new ChannelPair(input, output), 1);
    }

    /**
     * Calls a method and waits for its answer.
     *
     * @param service full name, for instance {@code containerd.task.v3.Task}
     * @throws TtrpcException if there is no answer, or it is a failure
     */
    public <R extends MessageLite> R call(
            String service,
            String method,
            MessageLite request,
            Parser<R> responses,
            CallOptions options) {
        var deadline = options.deadline();
        var frame = frame(service, method, request, options.metadata(), deadline);
        return message(exchange(frame, deadline), responses);
    }

    /** How many answers came that nobody waited for: late, or to calls that were never made. */
    public long droppedAnswers() {
        return pending.dropped();
    }

    /** Whether calls can still be made. */
    public boolean isOpen() {
        return !ended.isDone();
    }

    /**
     * Runs {@code callback} once when the connection is gone, at once if it is; it must not block.
     */
    public void onClose(Runnable callback) {
        var _ = ended.thenRun(callback);
    }

    /** Closes the connection; calls in flight fail with UNAVAILABLE. Idempotent. */
    @Override
    public void close() {
        end(unavailable("ttrpc: closed", null));
        try {
            reader.join();
            writer.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static ByteBuffer frame(
            String service,
            String method,
            MessageLite request,
            Metadata metadata,
            Deadline deadline) {
        var builder =
                Request.newBuilder()
                        .setService(service)
                        .setMethod(method)
                        .setPayload(request.toByteString())
                        .addAllMetadata(metadata.toWire());
        if (deadline.exists()) {
            // Zero would mean no deadline at all.
            builder.setTimeoutNano(Math.max(1, deadline.remainingNanos()));
        }
        return RequestFrame.of(builder.build());
    }

    private Response exchange(ByteBuffer frame, Deadline deadline) {
        try {
            if (!writer.awaitRoom(deadline) || deadline.passed()) {
                throw deadlineExceeded();
            }
            return sendAndAwait(frame, deadline);
        } catch (TimeoutException e) {
            throw deadlineExceeded();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new TtrpcException(
                    TtrpcStatus.of(StatusCode.CANCELLED, "the caller was interrupted"), e);
        }
    }

    private Response sendAndAwait(ByteBuffer frame, Deadline deadline)
            throws InterruptedException, TimeoutException {
        var call = new CompletableFuture<Response>();
        int streamId = pending.begin(call, id -> writer.send(RequestFrame.withStreamId(frame, id)));
        try {
            return call.get(deadline.remainingNanos(), TimeUnit.NANOSECONDS);
        } catch (ExecutionException e) {
            throw e.getCause() instanceof TtrpcException known
                    ? new TtrpcException(known.status(), known)
                    : new IllegalStateException(e);
        } finally {
            pending.forget(streamId);
        }
    }

    private static <R extends MessageLite> R message(Response response, Parser<R> responses) {
        if (response.hasStatus() && response.getStatus().getCode() != StatusCode.OK.number()) {
            throw TtrpcStatus.fromWire(response.getStatus()).asException();
        }
        try {
            return responses.parseFrom(response.getPayload());
        } catch (InvalidProtocolBufferException e) {
            throw malformed("the response's payload", e);
        }
    }

    private void read() {
        try {
            var chunk = ByteBuffer.allocate(CHUNK_BYTES);
            while (channels.input().read(chunk) >= 0) {
                decode(chunk.flip());
                chunk.clear();
            }
            end(unavailable("ttrpc: closed", null));
        } catch (IOException e) {
            lost(e);
        }
    }

    private void decode(ByteBuffer chunk) throws ProtocolException {
        for (var inbound = decoder.next(chunk); inbound != null; inbound = decoder.next(chunk)) {
            switch (inbound) {
                case Inbound.Oversized oversized ->
                        fail(oversized.streamId(), oversized.status().asException());
                case Frame frame -> answered(frame);
            }
        }
    }

    private void answered(Frame frame) {
        if (frame.type() != FrameType.RESPONSE) {
            var why = "a %s frame answered a unary call".formatted(frame.type());
            fail(frame.streamId(), new TtrpcException(StatusCode.INTERNAL, why));
            return;
        }
        try {
            var response = Response.parseFrom(frame.payload());
            pending.end(frame.streamId(), call -> call.complete(response));
        } catch (InvalidProtocolBufferException e) {
            fail(frame.streamId(), malformed("the response", e));
        }
    }

    private void fail(int streamId, TtrpcException failure) {
        pending.end(streamId, call -> call.completeExceptionally(failure));
    }

    private void lost(IOException cause) {
        end(unavailable("ttrpc: connection lost: " + cause.getMessage(), cause));
    }

    private void end(TtrpcException reason) {
        pending.failAll(reason);
        writer.close();
        try {
            channels.close();
        } catch (IOException e) {
            LOGGER.log(Level.DEBUG, "closing a ttrpc connection", e);
        }
        ended.complete(null);
    }

    private static TtrpcException malformed(String what, InvalidProtocolBufferException cause) {
        var words = "cannot read %s: %s".formatted(what, cause.getMessage());
        return new TtrpcException(TtrpcStatus.of(StatusCode.INTERNAL, words), cause);
    }

    private static TtrpcException deadlineExceeded() {
        return new TtrpcException(StatusCode.DEADLINE_EXCEEDED, "deadline exceeded");
    }

    private static TtrpcException unavailable(String words, @Nullable Throwable cause) {
        return new TtrpcException(TtrpcStatus.of(StatusCode.UNAVAILABLE, words), cause);
    }
}
