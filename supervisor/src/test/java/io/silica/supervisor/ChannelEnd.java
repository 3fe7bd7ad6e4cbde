// SPDX-License-Identifier: Apache-2.0
package io.silica.supervisor;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.silica.linux.Descriptor;
import io.silica.linux.Epoll;
import io.silica.linux.Poller;
import io.silica.linux.SocketType;
import io.silica.linux.UnixAddress;
import io.silica.linux.UnixSocket;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;

/** The daemon's end of a holder's channel. */
final class ChannelEnd implements AutoCloseable {
    private static final Duration LONG = Duration.ofSeconds(30);

    private final UnixSocket socket;
    private final Poller poller;
    private final Arena arena = Arena.ofShared();
    private final MemorySegment buffer = arena.allocate(256);
    private int most;

    ChannelEnd(Path path, Poller poller) {
        this.socket = UnixSocket.connect(UnixAddress.of(path), SocketType.SEQPACKET);
        this.poller = poller;
    }

    /** What one message brought. */
    record Message(String text, List<Descriptor> descriptors) {
        /** The one word or number after the first word. */
        String argument() {
            return text.substring(text.indexOf(' ') + 1);
        }

        long id() {
            return Long.parseLong(argument());
        }

        UnixSocket connection() {
            return new UnixSocket(descriptors.getFirst());
        }
    }

    /** Whether one is there already. */
    boolean hasMessage() {
        return socket.descriptor().isReady(Epoll.READABLE);
    }

    /** The next message; the end is an empty one. */
    Message next() throws InterruptedException {
        while (true) {
            var received = socket.receive(buffer, 1);
            if (received.bytes() != 0) {
                return new Message(text(received.bytes()), received.descriptors());
            }
            if (!poller.await(socket.descriptor(), Epoll.READABLE, LONG)) {
                throw new AssertionError("no message");
            }
        }
    }

    private String text(int length) {
        return length < 0
                ? ""
                : new String(buffer.asSlice(0, length).toArray(ValueLayout.JAVA_BYTE), UTF_8);
    }

    /** Reads the greeting; the instance that it names. */
    String greeted() throws InterruptedException {
        var hello = next();
        if (!hello.text().matches("HELLO 1 [0-9a-f]{32}")) {
            throw new AssertionError("no greeting: " + hello.text());
        }
        var allowed = next();
        if (!allowed.text().matches("MOST \\d+")) {
            throw new AssertionError("it does not say how many: " + allowed.text());
        }
        most = Integer.parseInt(allowed.argument());
        return hello.text().substring("HELLO 1 ".length());
    }

    /** How many connections are held at most, as the greeting said. */
    int most() {
        return most;
    }

    /** The connections that are there already. */
    Connections all() throws InterruptedException {
        return all(0);
    }

    /** The connections that are there already, and what comes after until there are so many. */
    Connections all(int count) throws InterruptedException {
        var connections = new LinkedHashMap<Long, UnixSocket>();
        boolean all = false;
        while (!all || connections.size() < count) {
            var message = next();
            if (message.text().equals("ALL")) {
                all = true;
            } else {
                connections.put(message.id(), message.connection());
            }
        }
        return new Connections(connections);
    }

    void tell(String text, Descriptor... descriptors) {
        try (var sending = Arena.ofConfined()) {
            var bytes = sending.allocateFrom(ValueLayout.JAVA_BYTE, text.getBytes(UTF_8));
            socket.send(bytes, List.of(descriptors));
        }
    }

    @Override
    public void close() {
        socket.close();
        arena.close();
    }
}
