// SPDX-License-Identifier: Apache-2.0
package io.silica.ttrpc;

import com.google.protobuf.MessageLite;
import com.google.protobuf.Parser;
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
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * A ttrpc client: many calls and streams at a time over one connection. Thread safe; a call blocks
 * its thread, which is best a virtual one.
 *
 * <p>Every failure is a {@link TtrpcException}: the server's own status; DEADLINE_EXCEEDED when the
 * timeout passed; CANCELLED when the thread was interrupted (it stays so); UNAVAILABLE when the
 * connection is gone, for calls in flight and all later ones, since ttrpc has no reconnect;
 * RESOURCE_EXHAUSTED for a message longer than 4 MiB; INTERNAL for an answer that cannot be
 * understood. An answer that nobody waits for is dropped and counted. A stream fails in the same
 * ways, after the messages that came before; and with RESOURCE_EXHAUSTED if they are not taken
 * ({@link StreamLimits}).
 */
public final class TtrpcClient implements AutoCloseable {
    private static final Logger LOGGER = System.getLogger(TtrpcClient.class.getName());
    private static final int CHUNK_BYTES = 16 << 10;
    private static final int UNWRITTEN_BYTES = 1 << 20;

    private final StreamLimits limits;
    private final ChannelPair channels;
    private final PendingCalls pending;
    private final FrameWriter writer;
    private final FrameDecoder decoder = new FrameDecoder();
    private final CompletableFuture<Void> ended = new CompletableFuture<>();
    private final Thread reader;
    private volatile boolean over;

    TtrpcClient(ChannelPair channels, int firstStreamId, StreamLimits limits) {
        this.limits = limits;
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
        return over(input, output, StreamLimits.standard());
    }

    /** The same, with limits of one's own for the streams of this connection. */
    public static TtrpcClient over(
            ReadableByteChannel input, WritableByteChannel output, StreamLimits limits) {
        return new TtrpcClient(new ChannelPair(input, output), 1, limits);
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
        var call = new UnaryCall();
        var frame = RequestFrame.of(service, method, request, options, deadline, 0);
        try {
            int streamId = begin(call, frame, deadline);
            try {
                return call.await(deadline, responses);
            } finally {
                pending.forget(streamId);
            }
        } catch (TimeoutException e) {
            throw deadlineExceeded();
        } catch (InterruptedException e) {
            throw Interruption.of(e);
        }
    }

    /**
     * Begins a call with one request and any number of responses.
     *
     * @param options the timeout is that of the whole call, here and in the other streams
     * @return to be closed
     * @throws TtrpcException if the call cannot be begun; what the server says comes by the stream
     */
    public <R extends MessageLite> ResponseStream<R> serverStreaming(
            String service,
            String method,
            MessageLite request,
            Parser<R> responses,
            CallOptions options) {
        return stream(service, method, request, responses, options, StreamShape.SERVER);
    }

    /**
     * Begins a call with any number of requests and one response.
     *
     * @param <Q> request
     * @return to be closed
     * @throws TtrpcException if the call cannot be begun; what the server says comes by the stream
     */
    public <Q extends MessageLite, R extends MessageLite> RequestStream<Q, R> clientStreaming(
            String service, String method, Parser<R> responses, CallOptions options) {
        return stream(service, method, null, responses, options, StreamShape.CLIENT);
    }

    /**
     * Begins a call with any number of requests and of responses.
     *
     * @param <Q> request
     * @return to be closed
     * @throws TtrpcException if the call cannot be begun; what the server says comes by the stream
     */
    public <Q extends MessageLite, R extends MessageLite> DuplexStream<Q, R> bidirectional(
            String service, String method, Parser<R> responses, CallOptions options) {
        return stream(service, method, null, responses, options, StreamShape.BOTH);
    }

    /** How many answers came that nobody waited for: late, or to calls that were never made. */
    public long droppedAnswers() {
        return pending.dropped();
    }

    /** How many calls and streams have neither ended nor been closed. */
    int openCalls() {
        return pending.size();
    }

    /** Whether calls can still be made. */
    public boolean isOpen() {
        return !over;
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

    private <Q extends MessageLite, R extends MessageLite> ClientStream<Q, R> stream(
            String service,
            String method,
            @Nullable MessageLite request,
            Parser<R> responses,
            CallOptions options,
            StreamShape shape) {
        var deadline = options.deadline();
        int flags = shape.requestFlags();
        var frame = RequestFrame.of(service, method, request, options, deadline, flags);
        var stream = new ClientStream<Q, R>(responses, shape, deadline, writer, limits, pending);
        try {
            stream.begun(begin(stream, frame, deadline));
            return stream;
        } catch (InterruptedException e) {
            throw Interruption.of(e);
        }
    }

    private int begin(ClientCall call, ByteBuffer frame, Deadline deadline)
            throws InterruptedException {
        if (!writer.awaitRoom(deadline) || deadline.passed()) {
            throw deadlineExceeded();
        }
        return pending.begin(call, id -> writer.send(RequestFrame.withStreamId(frame, id)));
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
                        pending.fail(oversized.streamId(), oversized.status().asException());
                case Frame frame -> pending.received(frame);
            }
        }
    }

    private void lost(IOException cause) {
        end(unavailable("ttrpc: connection lost: " + cause.getMessage(), cause));
    }

    private void end(TtrpcException reason) {
        // Before any call fails by it: whoever makes that call again takes another connection.
        over = true;
        pending.failAll(reason);
        writer.close();
        try {
            channels.close();
        } catch (IOException e) {
            LOGGER.log(Level.DEBUG, "closing a ttrpc connection", e);
        }
        ended.complete(null);
    }

    private static TtrpcException deadlineExceeded() {
        return new TtrpcException(StatusCode.DEADLINE_EXCEEDED, "deadline exceeded");
    }

    private static TtrpcException unavailable(String words, @Nullable Throwable cause) {
        return new TtrpcException(TtrpcStatus.of(StatusCode.UNAVAILABLE, words), cause);
    }
}
