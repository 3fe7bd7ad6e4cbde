// SPDX-License-Identifier: Apache-2.0
package io.silica.ctl.streaming;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import org.jspecify.annotations.Nullable;

/**
 * One WebSocket with numbered channels. What is received is handed over on one thread at a time, in
 * order; a message is asked for when the one before was taken, so nothing piles up here. Any thread
 * may send.
 */
final class Channels implements AutoCloseable {
    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final int LARGEST_MESSAGE = 32 << 10;

    private final HttpClient client = HttpClient.newBuilder().connectTimeout(PATIENCE).build();
    private final CompletableFuture<Boolean> ended = new CompletableFuture<>();
    private final Receiver receiver;
    private final WebSocket socket;

    /** Takes what a channel brings. */
    interface Receiver {
        /**
         * Takes some; the next are read when this returns.
         *
         * @param channel its number, unsigned
         * @param bytes a message or a part of it
         */
        void received(int channel, byte[] bytes) throws IOException;
    }

    private Channels(URI url, Receiver receiver, String protocol, String... others)
            throws StreamingException {
        this.receiver = receiver;
        try {
            this.socket =
                    client.newWebSocketBuilder()
                            .connectTimeout(PATIENCE)
                            .subprotocols(protocol, others)
                            .buildAsync(webSocket(url), new Listener())
                            .join();
        } catch (CompletionException e) {
            client.shutdownNow();
            throw new StreamingException("cannot open a stream at " + url.getAuthority(), e);
        }
    }

    /** Connects; the server chooses one of the protocols, preferably the first. */
    static Channels open(URI url, Receiver receiver, String protocol, String... others)
            throws StreamingException {
        return new Channels(url, receiver, protocol, others);
    }

    private static URI webSocket(URI url) {
        return URI.create(url.toString().replaceFirst("^http", "ws"));
    }

    /** The protocol that the server has chosen. */
    String protocol() {
        return socket.getSubprotocol();
    }

    /** Sends, and returns when the bytes are on their way. */
    synchronized void send(int channel, byte[] bytes, int offset, int length)
            throws StreamingException {
        int sent = 0;
        do {
            int part = Math.min(LARGEST_MESSAGE, length - sent);
            var message = ByteBuffer.allocate(1 + part).put((byte) channel);
            message.put(bytes, offset + sent, part).flip();
            try {
                socket.sendBinary(message, true).join();
            } catch (CompletionException e) {
                throw new StreamingException("the stream has ended", e);
            }
            sent += part;
        } while (sent < length);
    }

    /** Waits until the server has ended the connection and all was handed over. */
    void awaitEnd() throws StreamingException, InterruptedException {
        try {
            var _ = ended.get();
        } catch (ExecutionException e) {
            throw new StreamingException("the stream broke off", e.getCause());
        }
    }

    @Override
    public void close() {
        socket.abort();
        client.shutdownNow();
        ended.complete(false);
    }

    private final class Listener implements WebSocket.Listener {
        private static final int NONE = -1;
        private int channel = NONE;

        @Override
        public @Nullable CompletionStage<?> onBinary(
                WebSocket from, ByteBuffer data, boolean last) {
            if (channel == NONE && data.hasRemaining()) {
                channel = Byte.toUnsignedInt(data.get());
            }
            var bytes = new byte[data.remaining()];
            data.get(bytes);
            try {
                receiver.received(channel, bytes);
            } catch (IOException | UncheckedIOException e) {
                ended.completeExceptionally(e);
                from.abort();
                return null;
            }
            channel = last ? NONE : channel;
            from.request(1);
            return null;
        }

        @Override
        public @Nullable CompletionStage<?> onClose(WebSocket from, int code, String reason) {
            ended.complete(true);
            return null;
        }

        @Override
        public void onError(WebSocket from, Throwable error) {
            ended.completeExceptionally(error);
        }
    }
}
