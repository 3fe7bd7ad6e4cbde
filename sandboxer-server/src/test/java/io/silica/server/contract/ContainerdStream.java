// SPDX-License-Identifier: Apache-2.0
package io.silica.server.contract;

import com.google.protobuf.Any;
import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Message;
import io.silica.proto.containerd.streaming.StreamInit;
import io.silica.proto.containerd.transfer.Data;
import io.silica.proto.containerd.transfer.WindowUpdate;
import io.silica.server.wire.BareAny;
import io.silica.ttrpc.CallOptions;
import io.silica.ttrpc.DuplexStream;
import io.silica.ttrpc.StatusCode;
import io.silica.ttrpc.TtrpcClient;
import io.silica.ttrpc.TtrpcException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/** A stream as containerd opens and uses it: on a connection of its own, by its id. */
public final class ContainerdStream implements AutoCloseable {
    /** What containerd grants at a time. */
    public static final int WINDOW = 64 << 10;

    private final TtrpcClient client;
    private final DuplexStream<Any, Any> stream;

    private ContainerdStream(TtrpcClient client) {
        this.client = client;
        this.stream =
                client.bidirectional(
                        "containerd.services.streaming.v1.Streaming",
                        "Stream",
                        Any.parser(),
                        CallOptions.none());
    }

    /** Opens one and waits until it is ready. */
    public static ContainerdStream open(Path socket, String id) {
        var opened = connect(socket);
        try {
            opened.send(StreamInit.newBuilder().setId(id).build());
            var _ = opened.stream.receive().orElseThrow();
            return opened;
        } catch (RuntimeException e) {
            opened.close();
            throw e;
        }
    }

    /** One on which nothing was said yet. */
    public static ContainerdStream connect(Path socket) {
        try {
            return new ContainerdStream(TtrpcClient.connect(socket));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** How the request that makes the process names it. */
    public static String address(Path socket, String id) {
        return "ttrpc+unix://" + socket + "?streaming_id=" + id;
    }

    /** Sends any message. */
    public void send(Message message) {
        stream.send(BareAny.pack(message));
    }

    /** Has room for so much more. */
    public void grant(int bytes) {
        send(WindowUpdate.newBuilder().setUpdate(bytes).build());
    }

    /** Sends bytes, whatever the window. */
    public void write(String text) {
        send(Data.newBuilder().setData(ByteString.copyFromUtf8(text)).build());
    }

    /** The next bytes; empty at the end. */
    public Optional<ByteString> read() {
        try {
            Optional<Any> message = stream.receive();
            return message.isEmpty()
                    ? Optional.empty()
                    : Optional.of(Data.parseFrom(message.get().getValue()).getData());
        } catch (InvalidProtocolBufferException e) {
            throw new AssertionError(e);
        }
    }

    /** Waits for room to write; tells how much came. */
    public int awaitGrant() {
        try {
            return WindowUpdate.parseFrom(stream.receive().orElseThrow().getValue()).getUpdate();
        } catch (InvalidProtocolBufferException e) {
            throw new AssertionError(e);
        }
    }

    /** Reads to the end as containerd does, and closes then. It is done before the close is. */
    public CompletableFuture<String> readAll() {
        var all = new CompletableFuture<String>();
        Thread.ofVirtual()
                .name("test-stream")
                .start(() -> {
                    try {
                        all.complete(readToEnd());
                    } catch (RuntimeException e) {
                        all.completeExceptionally(e);
                    } finally {
                        close();
                    }
                });
        return all;
    }

    private String readToEnd() {
        var all = ByteString.newOutput();
        grantIfOpen();
        int window = WINDOW;
        for (var bytes = read(); bytes.isPresent(); bytes = read()) {
            try {
                bytes.get().writeTo(all);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
            window -= bytes.get().size();
            if (window < WINDOW) {
                grantIfOpen();
                window += WINDOW;
            }
        }
        return all.toByteString().toString(StandardCharsets.UTF_8);
    }

    /** The end may have come already, behind bytes that are still to be read. */
    private void grantIfOpen() {
        try {
            grant(WINDOW);
        } catch (TtrpcException e) {
            if (e.code() != StatusCode.FAILED_PRECONDITION) {
                throw e;
            }
        }
    }

    /** Says that nothing more will be sent; the connection stays. */
    public void closeSend() {
        stream.closeSend();
    }

    /** Goes without a word, as a containerd does that is killed. */
    public void vanish() {
        client.close();
    }

    @Override
    public void close() {
        stream.close();
        client.close();
    }
}
