// SPDX-License-Identifier: Apache-2.0
package io.silica.server.transport;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.StringValue;
import io.silica.linux.UnixListener;
import io.silica.linux.UnixSocket;
import io.silica.ttrpc.wire.Response;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CompletableFuture;

/**
 * A client whose connection outlives every daemon, because the test keeps the other end: sends its
 * calls in pieces of any size and waits for their answers.
 */
final class Caller implements AutoCloseable {
    private final SocketChannel channel;
    private final UnixSocket held;
    private final List<Call> calls;

    /** On the stream with the number 1, 3, 5 and so on. */
    record Call(String method, String text) {}

    Caller(UnixListener listener, Path path, List<Call> calls) throws IOException {
        this.channel = SocketChannel.open(UnixDomainSocketAddress.of(path));
        this.held = listener.accept().orElseThrow();
        this.calls = calls;
    }

    /** What a daemon gets of the connection. */
    UnixSocket duplicate() {
        return new UnixSocket(held.descriptor().duplicate());
    }

    List<Call> calls() {
        return calls;
    }

    /** Sends everything. */
    CompletableFuture<Void> send(Random random) {
        return inBackground(() -> {
            for (int i = 0; i < calls.size(); i++) {
                var call = calls.get(i);
                var frame = RawFrames.call(2 * i + 1, call.method(), call.text());
                while (frame.hasRemaining()) {
                    int piece = Math.min(frame.remaining(), 1 + random.nextInt(5000));
                    RawFrames.write(channel, frame.slice(frame.position(), piece));
                    frame.position(frame.position() + piece);
                }
            }
        });
    }

    /** Waits until every call is answered, and checks every answer. */
    CompletableFuture<Void> receive() {
        return inBackground(() -> {
            Map<Integer, String> answers = new HashMap<>();
            while (answers.size() < calls.size()) {
                var header = RawFrames.read(channel, RawFrames.HEADER_BYTES);
                var response = Response.parseFrom(RawFrames.read(channel, header.getInt(0)));
                assertThat(response.getStatus().getMessage()).isEmpty();
                check(header, StringValue.parseFrom(response.getPayload()).getValue(), answers);
            }
        });
    }

    /** An answer may come twice, and a client drops the second: it has to be the same. */
    private void check(ByteBuffer header, String answer, Map<Integer, String> answers) {
        int stream = header.getInt(4);
        assertThat(answer).isEqualTo(calls.get(stream / 2).text());
        answers.put(stream, answer);
    }

    /** The client's end closes. */
    void hangUp() throws IOException {
        channel.close();
    }

    @Override
    public void close() {
        try {
            hangUp();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        held.close();
    }

    private interface Action {
        void run() throws IOException;
    }

    private static CompletableFuture<Void> inBackground(Action action) {
        var outcome = new CompletableFuture<Void>();
        Thread.ofVirtual()
                .start(() -> {
                    try {
                        action.run();
                        outcome.complete(null);
                    } catch (Throwable e) {
                        outcome.completeExceptionally(e);
                    }
                });
        return outcome;
    }
}
