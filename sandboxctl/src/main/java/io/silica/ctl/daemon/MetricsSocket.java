// SPDX-License-Identifier: Apache-2.0
package io.silica.ctl.daemon;

import java.io.IOException;
import java.io.InputStream;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.AsynchronousCloseException;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;

/**
 * The socket of a daemon's metrics and health.
 *
 * <p>A daemon that is well ends a connection after ten seconds; from one that is not, an answer is
 * waited for a little longer.
 *
 * @param path where it is
 */
public record MetricsSocket(Path path) {
    private static final int MOST_BYTES = 1 << 20;
    private static final Duration PATIENCE = Duration.ofSeconds(12);

    /**
     * An answer.
     *
     * @param isOk whether its status is 200
     */
    public record Answer(boolean isOk, String body) {}

    /**
     * Asks for a resource such as {@code /readyz}.
     *
     * @throws IOException if nobody listens there or answers in time, or it is not HTTP
     */
    public Answer get(String resource) throws IOException {
        return get(resource, PATIENCE);
    }

    Answer get(String resource, Duration patience) throws IOException {
        var channel = SocketChannel.open(StandardProtocolFamily.UNIX);
        var alarm = Thread.ofVirtual().start(() -> closeAfter(channel, patience));
        try (channel) {
            channel.connect(UnixDomainSocketAddress.of(path));
            var request =
                    "GET " + resource + " HTTP/1.1\r\nHost: daemon\r\nConnection: close\r\n\r\n";
            channel.write(ByteBuffer.wrap(request.getBytes(StandardCharsets.US_ASCII)));
            return read(Channels.newInputStream(channel));
        } catch (AsynchronousCloseException e) {
            throw new IOException("no answer in " + patience.toSeconds() + " s", e);
        } finally {
            alarm.interrupt();
        }
    }

    private static void closeAfter(SocketChannel channel, Duration patience) {
        try {
            Thread.sleep(patience);
            channel.close();
        } catch (InterruptedException | IOException _) {
            // It was answered, or is closed anyway.
        }
    }

    private static Answer read(InputStream input) throws IOException {
        var text = new String(input.readNBytes(MOST_BYTES), StandardCharsets.UTF_8);
        int head = text.indexOf("\r\n\r\n");
        if (!text.startsWith("HTTP/1.1 ") || head < 0) {
            throw new IOException("this is not a daemon's metrics socket");
        }
        return new Answer(text.startsWith("HTTP/1.1 200"), text.substring(head + 4));
    }
}
