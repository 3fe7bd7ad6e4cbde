// SPDX-License-Identifier: Apache-2.0
package io.silica.ctl.streaming;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.OptionalInt;

/** The streams of a command in a container, or of the container's first process. */
public final class CommandStreams implements AutoCloseable {
    private static final String V5 = "v5.channel.k8s.io";
    private static final String V4 = "v4.channel.k8s.io";
    private static final int INPUT = 0;
    private static final int OUTPUT = 1;
    private static final int ERRORS = 2;
    private static final int STATUS = 3;
    private static final int SIZE = 4;
    private static final int CLOSE = 255;
    private static final int LARGEST_STATUS = 1 << 20;

    private final OutputStream output;
    private final OutputStream errors;
    private final ByteArrayOutputStream status = new ByteArrayOutputStream();
    private final Channels channels;

    private CommandStreams(URI url, OutputStream output, OutputStream errors)
            throws StreamingException {
        this.output = output;
        this.errors = errors;
        this.channels = Channels.open(url, this::received, V5, V4);
    }

    /**
     * Connects, with which the command begins.
     *
     * @param url from {@code CriClient.execUrl} or {@code attachUrl}
     * @param output what it prints; written on a thread of the connection's, which waits if this
     *     does
     */
    public static CommandStreams open(URI url, OutputStream output, OutputStream errors)
            throws StreamingException {
        return new CommandStreams(url, output, errors);
    }

    /** Sends input. */
    public void send(byte[] bytes, int offset, int length) throws StreamingException {
        channels.send(INPUT, bytes, offset, length);
    }

    /**
     * Ends the input, if the server knows how to: only the protocol's version 5 can.
     *
     * @return whether the command sees the end
     */
    public boolean endInput() throws StreamingException {
        boolean possible = channels.protocol().equals(V5);
        if (possible) {
            channels.send(CLOSE, new byte[] {INPUT}, 0, 1);
        }
        return possible;
    }

    /** Says how large the terminal is. */
    public void resize(int columns, int rows) throws StreamingException {
        var size =
                "{\"Width\":%d,\"Height\":%d}"
                        .formatted(columns, rows)
                        .getBytes(StandardCharsets.UTF_8);
        channels.send(SIZE, size, 0, size.length);
    }

    /**
     * Waits for the end.
     *
     * @return the command's exit code; empty if the server has not told any, as at the end of an
     *     attachment
     */
    public OptionalInt await() throws StreamingException, InterruptedException {
        channels.awaitEnd();
        synchronized (status) {
            return status.size() == 0
                    ? OptionalInt.empty()
                    : OptionalInt.of(CommandStatus.exitCode(status.toByteArray()));
        }
    }

    private void received(int channel, byte[] bytes) throws IOException {
        switch (channel) {
            case OUTPUT -> pass(bytes, output);
            case ERRORS -> pass(bytes, errors);
            case STATUS -> keep(bytes);
            default -> {
                // The server opens each channel with an empty message, those of input, too.
            }
        }
    }

    private static void pass(byte[] bytes, OutputStream to) throws IOException {
        to.write(bytes);
        to.flush();
    }

    private void keep(byte[] bytes) throws IOException {
        synchronized (status) {
            if (status.size() + bytes.length > LARGEST_STATUS) {
                throw new StreamingException("the status of the command is too long", null);
            }
            status.writeBytes(bytes);
        }
    }

    @Override
    public void close() {
        channels.close();
    }
}
