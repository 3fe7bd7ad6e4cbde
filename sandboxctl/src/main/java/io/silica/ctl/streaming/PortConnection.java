// SPDX-License-Identifier: Apache-2.0
package io.silica.ctl.streaming;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;

/**
 * One connection to a port of a pod. It has no half-closed state: the end of one side is that of
 * all.
 */
public final class PortConnection implements AutoCloseable {
    private static final String PROTOCOL = "v4.channel.k8s.io";
    private static final int DATA = 0;
    private static final int ERROR = 1;
    private static final int PORT_BYTES = 2;
    private static final int CHUNK = 16 << 10;
    private static final int LARGEST_ERROR = 64 << 10;

    private final OutputStream received;
    private final ByteArrayOutputStream error = new ByteArrayOutputStream();
    private final Channels channels;
    private int toSkip = PORT_BYTES;
    private int toSkipOfErrors = PORT_BYTES;

    private PortConnection(URI url, OutputStream received) throws StreamingException {
        this.received = received;
        this.channels = Channels.open(url, this::received, PROTOCOL);
    }

    /**
     * Connects.
     *
     * @param url from {@code CriClient.portForwardUrl}
     * @param received gets what comes, on a thread of the connection's
     */
    public static PortConnection open(URI url, int port, OutputStream received)
            throws StreamingException {
        return new PortConnection(URI.create(url + "?port=" + port), received);
    }

    /** Sends all that the stream has, until its end. */
    public void sendAll(InputStream stream) throws IOException {
        var chunk = new byte[CHUNK];
        for (int n = stream.read(chunk); n >= 0; n = stream.read(chunk)) {
            channels.send(DATA, chunk, 0, n);
        }
    }

    /**
     * Waits until the pod's side has ended.
     *
     * @throws StreamingException with what the server said, if it could not connect
     */
    public void await() throws StreamingException, InterruptedException {
        channels.awaitEnd();
        synchronized (error) {
            if (error.size() > 0) {
                throw new StreamingException(error.toString(StandardCharsets.UTF_8).strip(), null);
            }
        }
    }

    /** The first two bytes of each channel are the port's number. */
    private void received(int channel, byte[] bytes) throws IOException {
        switch (channel) {
            case DATA -> {
                int skipped = Math.min(toSkip, bytes.length);
                toSkip -= skipped;
                received.write(bytes, skipped, bytes.length - skipped);
                received.flush();
            }
            case ERROR -> {
                int skipped = Math.min(toSkipOfErrors, bytes.length);
                toSkipOfErrors -= skipped;
                keep(bytes, skipped);
            }
            default -> throw new StreamingException("there is no channel " + channel, null);
        }
    }

    private void keep(byte[] bytes, int from) {
        synchronized (error) {
            int room = LARGEST_ERROR - error.size();
            error.write(bytes, from, Math.min(bytes.length - from, room));
        }
    }

    @Override
    public void close() {
        channels.close();
    }
}
