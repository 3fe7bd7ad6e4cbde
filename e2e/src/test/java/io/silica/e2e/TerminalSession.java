// SPDX-License-Identifier: Apache-2.0
package io.silica.e2e;

import io.silica.ctl.cri.WantedStreams;
import io.silica.ctl.streaming.CommandStreams;
import io.silica.ctl.streaming.StreamingException;
import java.io.ByteArrayOutputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * A terminal in a container, by containerd's streaming server, as {@code kubectl exec -it} has it.
 */
final class TerminalSession implements AutoCloseable {
    private final ByteArrayOutputStream output = new ByteArrayOutputStream();
    private final CommandStreams streams;

    private TerminalSession(Node node, PodContainer container, List<String> command)
            throws StreamingException {
        var url = node.cri().execUrl(container.id(), command, new WantedStreams(true, true));
        streams = CommandStreams.open(url, output, OutputStream.nullOutputStream());
    }

    /** Starts a command with a terminal. */
    static TerminalSession open(Node node, PodContainer container, List<String> command) {
        try {
            return new TerminalSession(node, container, command);
        } catch (StreamingException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Types. */
    void type(String text) {
        try {
            var bytes = text.getBytes(StandardCharsets.UTF_8);
            streams.send(bytes, 0, bytes.length);
        } catch (StreamingException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Says how large the terminal is. */
    void resize(int columns, int rows) {
        try {
            streams.resize(columns, rows);
        } catch (StreamingException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Waits until something was printed. */
    void await(String text) {
        Until.holds("\"" + text + "\" on the terminal", () -> printed().contains(text));
    }

    /** What was printed. */
    String printed() {
        return output.toString(StandardCharsets.UTF_8);
    }

    @Override
    public void close() {
        streams.close();
    }
}
