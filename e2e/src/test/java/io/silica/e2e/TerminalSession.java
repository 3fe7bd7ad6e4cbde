// SPDX-License-Identifier: Apache-2.0
package io.silica.e2e;

import java.io.ByteArrayOutputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * A terminal in a container, by containerd's streaming server, as {@code kubectl exec -it} has it:
 * a WebSocket whose messages have the number of their channel as the first byte.
 */
final class TerminalSession implements AutoCloseable {
    private static final int INPUT = 0;
    private static final int OUTPUT = 1;
    private static final int SIZE = 4;

    private final ByteArrayOutputStream output = new ByteArrayOutputStream();
    private final HttpClient client = HttpClient.newHttpClient();
    private final WebSocket socket;

    private TerminalSession(URI uri) throws Exception {
        socket =
                client.newWebSocketBuilder()
                        .subprotocols("v4.channel.k8s.io")
                        .buildAsync(uri, new Receiver())
                        .get(30, TimeUnit.SECONDS);
    }

    /** Starts a command with a terminal. */
    static TerminalSession open(Node node, PodContainer container, List<String> command) {
        try {
            var url = node.cri().execTerminal(container.id(), command);
            return new TerminalSession(URI.create(url.replaceFirst("^http", "ws")));
        } catch (Exception e) {
            throw new IllegalStateException("no terminal in " + container.id(), e);
        }
    }

    /** Types. */
    void type(String text) {
        send(INPUT, text);
    }

    /** Says how large the terminal is. */
    void resize(int columns, int rows) {
        send(SIZE, "{\"Width\":%d,\"Height\":%d}".formatted(columns, rows));
    }

    /** Waits until something was printed. */
    void await(String text) {
        Until.holds("\"" + text + "\" on the terminal", () -> printed().contains(text));
    }

    /** What was printed. */
    String printed() {
        synchronized (output) {
            return output.toString(StandardCharsets.UTF_8);
        }
    }

    private void send(int channel, String text) {
        var bytes = text.getBytes(StandardCharsets.UTF_8);
        var message = ByteBuffer.allocate(1 + bytes.length).put((byte) channel).put(bytes).flip();
        socket.sendBinary(message, true).join();
    }

    @Override
    public void close() {
        socket.abort();
        client.close();
    }

    private final class Receiver implements WebSocket.Listener {
        private boolean isOutput;
        private boolean begun;

        @Override
        public @Nullable CompletionStage<?> onBinary(
                WebSocket from, ByteBuffer data, boolean last) {
            if (!begun && data.hasRemaining()) {
                isOutput = data.get() == OUTPUT;
                begun = true;
            }
            var bytes = new byte[data.remaining()];
            data.get(bytes);
            if (isOutput) {
                synchronized (output) {
                    output.writeBytes(bytes);
                }
            }
            begun = !last;
            from.request(1);
            return null;
        }
    }
}
