// SPDX-License-Identifier: Apache-2.0
package io.silica.server.notify;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.silica.linux.Descriptor;
import io.silica.linux.Epoll;
import io.silica.linux.Poller;
import io.silica.linux.Received;
import io.silica.linux.UnixAddress;
import io.silica.linux.UnixDatagram;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.TreeMap;

/** A service manager that keeps descriptors, and does so when it is told to look. */
final class FakeStore implements AutoCloseable {
    private static final Duration LONG = Duration.ofSeconds(30);

    private final Path path;
    private final Poller poller;
    private final UnixDatagram socket;
    private final Arena arena = Arena.ofShared();
    private final MemorySegment buffer = arena.allocate(4096);
    private final Map<String, Descriptor> kept = new TreeMap<>();

    FakeStore(Path path, Poller poller) {
        this.path = path;
        this.poller = poller;
        this.socket = UnixDatagram.at(UnixAddress.of(path));
    }

    NotifyEnvironment environment(int capacity) {
        return new NotifyEnvironment(
                Optional.of(path.toString()), Optional.empty(), OptionalInt.of(capacity));
    }

    /** Handles what is sent until it has confirmed as often as wanted. */
    void confirm(int times) throws InterruptedException {
        for (int left = times; left > 0; ) {
            if (handleOne().contains("BARRIER=1")) {
                left--;
            }
        }
    }

    /** Handles one message; its lines. */
    List<String> handleOne() throws InterruptedException {
        if (!poller.await(socket.descriptor(), Epoll.READABLE, LONG)) {
            throw new AssertionError("nothing is sent");
        }
        var received = socket.receive(buffer, 1);
        var bytes = buffer.asSlice(0, received.bytes()).toArray(ValueLayout.JAVA_BYTE);
        var lines = new String(bytes, UTF_8).lines().toList();
        handle(lines, received);
        return lines;
    }

    private void handle(List<String> lines, Received received) {
        var name = lines.getLast().replaceFirst("^FDNAME=", "");
        if (lines.contains("FDSTORE=1")) {
            kept.put(name, received.descriptors().getFirst());
            return;
        }
        received.close();
        if (lines.contains("FDSTOREREMOVE=1")) {
            var removed = kept.remove(name);
            if (removed != null) {
                removed.close();
            }
        }
    }

    Map<String, Descriptor> kept() {
        return kept;
    }

    @Override
    public void close() {
        kept.values().forEach(Descriptor::close);
        socket.close();
        arena.close();
    }
}
