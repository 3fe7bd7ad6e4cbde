// SPDX-License-Identifier: Apache-2.0
package io.silica.supervisor;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.silica.linux.Epoll;
import io.silica.linux.Poller;
import io.silica.linux.SocketType;
import io.silica.linux.UnixAddress;
import io.silica.linux.UnixSocket;
import java.lang.foreign.Arena;
import java.lang.foreign.ValueLayout;
import java.nio.file.Path;
import java.time.Duration;

/** One connection as containerd makes it. */
final class Containerd implements AutoCloseable {
    private static final Duration LONG = Duration.ofSeconds(30);
    private static final int MOST = 256;

    private final UnixSocket socket;
    private final Poller poller;

    Containerd(Path path, Poller poller) {
        this.socket = UnixSocket.connect(UnixAddress.of(path), SocketType.STREAM);
        this.poller = poller;
    }

    UnixSocket socket() {
        return socket;
    }

    /** Whether what goes in at this end comes out at the other. */
    boolean reaches(UnixSocket other) throws InterruptedException {
        send(socket, "there");
        send(other, "back");
        return receive(other, poller).equals("there") && receive(socket, poller).equals("back");
    }

    /** Waits for the end of the connection. */
    boolean hasEnded() throws InterruptedException {
        return receive(socket, poller).isEmpty();
    }

    static void send(UnixSocket socket, String text) {
        try (var arena = Arena.ofConfined()) {
            var bytes = text.getBytes(UTF_8);
            socket.send(arena.allocateFrom(ValueLayout.JAVA_BYTE, bytes), 0, bytes.length);
        }
    }

    /** What comes next; nothing at the end. */
    static String receive(UnixSocket socket, Poller poller) throws InterruptedException {
        try (var arena = Arena.ofConfined()) {
            var buffer = arena.allocate(MOST);
            if (!poller.await(socket.descriptor(), Epoll.READABLE, LONG)) {
                throw new AssertionError("nothing comes");
            }
            int length = Math.max(0, socket.receive(buffer, 0, MOST));
            return new String(buffer.asSlice(0, length).toArray(ValueLayout.JAVA_BYTE), UTF_8);
        }
    }

    @Override
    public void close() {
        socket.close();
    }
}
