// SPDX-License-Identifier: Apache-2.0
package io.silica.server.holder;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.silica.linux.Descriptor;
import io.silica.linux.Epoll;
import io.silica.linux.Poller;
import io.silica.linux.Received;
import io.silica.linux.SocketType;
import io.silica.linux.UnixAddress;
import io.silica.linux.UnixListener;
import io.silica.linux.UnixSocket;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.Arena;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A holder that says what it is told to, and keeps nothing. */
final class FakeHolder implements AutoCloseable {
    private static final Duration LONG = Duration.ofSeconds(30);
    private static final int MOST_BYTES = 256;

    private final Path path;
    private final Poller poller;
    private final UnixListener listener;
    private @Nullable UnixSocket daemon;

    FakeHolder(Path path, Poller poller) {
        this.path = path;
        this.poller = poller;
        this.listener = UnixListener.bind(UnixAddress.of(path), SocketType.SEQPACKET, 8);
    }

    /** Waits for a daemon. */
    void accept() throws InterruptedException {
        if (!poller.await(listener.descriptor(), Epoll.READABLE, LONG)) {
            throw new AssertionError("no daemon comes");
        }
        daemon = listener.accept().orElseThrow();
    }

    void greet(String instance) {
        say("HELLO 1 " + instance);
    }

    void say(String text, Descriptor... descriptors) {
        try (var arena = Arena.ofConfined()) {
            var bytes = arena.allocateFrom(ValueLayout.JAVA_BYTE, text.getBytes(UTF_8));
            connected().send(bytes, List.of(descriptors));
        }
    }

    /** What the daemon says next; descriptors that come with it are closed. */
    String hear() throws InterruptedException {
        try (var arena = Arena.ofConfined()) {
            var buffer = arena.allocate(MOST_BYTES);
            poller.await(connected().descriptor(), Epoll.READABLE, LONG);
            try (Received received = connected().receive(buffer, 1)) {
                int length = Math.max(0, received.bytes());
                return new String(buffer.asSlice(0, length).toArray(ValueLayout.JAVA_BYTE), UTF_8);
            }
        }
    }

    /** Ends the channel, not itself. */
    void hangUp() {
        connected().close();
        daemon = null;
    }

    private UnixSocket connected() {
        if (daemon == null) {
            throw new IllegalStateException("no daemon is connected");
        }
        return daemon;
    }

    @Override
    public void close() {
        if (daemon != null) {
            daemon.close();
        }
        listener.close();
        try {
            Files.delete(path);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
