// SPDX-License-Identifier: Apache-2.0
package io.silica.supervisor;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.silica.linux.Child;
import io.silica.linux.Descriptor;
import io.silica.linux.Epoll;
import io.silica.linux.OpenFlag;
import io.silica.linux.Pidfd;
import io.silica.linux.Poller;
import io.silica.linux.Spawn;
import io.silica.linux.UnixAddress;
import io.silica.linux.UnixDatagram;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A service manager that starts a holder and keeps what it parks; it reads what it is told only
 * when the test says so.
 */
final class FakeManager implements AutoCloseable {
    private static final Duration LONG = Duration.ofSeconds(30);
    private static final int FIRST = 3;

    private final Path notify;
    private final Poller poller;
    private final UnixDatagram socket;
    private final Arena arena = Arena.ofShared();
    private final MemorySegment buffer = arena.allocate(4096);
    private final List<String> names = new ArrayList<>();
    private final List<Descriptor> store = new ArrayList<>();
    private @Nullable Child holder;

    FakeManager(Path notify, Poller poller) {
        this.notify = notify;
        this.poller = poller;
        this.socket = UnixDatagram.at(UnixAddress.of(notify));
    }

    /** Starts a holder, handing over all that is kept. */
    void start(List<String> arguments, int most) {
        var command = new ArrayList<String>();
        command.addAll(List.of("-c", "LISTEN_PID=$$ exec \"$0\" hold \"$@\""));
        command.add(SuperviseProgram.path().toString());
        command.addAll(arguments);
        var spawn =
                Spawn.of(Path.of("/bin/sh"), command.toArray(String[]::new))
                        .environment(environment(most));
        for (int i = 0; i < store.size(); i++) {
            spawn.descriptor(FIRST + i, store.get(i));
        }
        try (var log =
                Descriptor.open(logFile(), OpenFlag.WRITE, OpenFlag.CREATE, OpenFlag.APPEND)) {
            holder = spawn.descriptor(2, log).start();
        }
    }

    private Path logFile() {
        return notify.resolveSibling("holder.log");
    }

    /** What all holders have said so far. */
    String log() throws IOException {
        return Files.readString(logFile());
    }

    private Map<String, String> environment(int most) {
        var environment = new HashMap<String, String>();
        environment.put("LISTEN_PID", "replaced");
        environment.put("NOTIFY_SOCKET", notify.toString());
        environment.put("FDSTORE", Integer.toString(most));
        environment.put("LISTEN_FDS", Integer.toString(store.size()));
        environment.put("LISTEN_FDNAMES", String.join(":", names));
        return environment;
    }

    /** Handles what it is told until one of the messages has the line. */
    void serveUntil(String line) throws InterruptedException {
        while (!serveOne().lines().toList().contains(line)) {
            // On to the next.
        }
    }

    /** Handles one message. */
    String serveOne() throws InterruptedException {
        if (!poller.await(socket.descriptor(), Epoll.READABLE, LONG)) {
            throw new AssertionError("the holder says nothing");
        }
        var received = socket.receive(buffer, 1);
        var text =
                new String(
                        buffer.asSlice(0, received.bytes()).toArray(ValueLayout.JAVA_BYTE), UTF_8);
        handle(text, received.descriptors());
        return text;
    }

    private void handle(String text, List<Descriptor> descriptors) {
        var lines = text.lines().toList();
        var name =
                lines.stream()
                        .filter(l -> l.startsWith("FDNAME="))
                        .map(l -> l.substring(7))
                        .findFirst()
                        .orElse("");
        if (lines.contains("FDSTORE=1")) {
            keep(name, descriptors.getFirst());
        } else {
            descriptors.forEach(Descriptor::close);
        }
        if (lines.contains("FDSTOREREMOVE=1")) {
            forget(name);
        }
    }

    /** Keeps one more, which is its own from now on. */
    void keep(String name, Descriptor descriptor) {
        names.add(name);
        store.add(descriptor);
    }

    /** Closes what is kept under a name. */
    void forget(String name) {
        for (int i = names.size() - 1; i >= 0; i--) {
            if (names.get(i).equals(name)) {
                names.remove(i);
                store.remove(i).close();
            }
        }
    }

    /** The names of what is kept. */
    List<String> names() {
        return List.copyOf(names);
    }

    /** Ends the holder by a signal, and waits for it. */
    void end(int signal) throws InterruptedException {
        if (holder != null) {
            holder.pidfd().signal(signal);
            if (holder.await(poller, LONG).isEmpty()) {
                throw new AssertionError("the holder does not end");
            }
            holder.close();
            holder = null;
        }
    }

    @Override
    public void close() {
        try {
            end(Pidfd.SIGKILL);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        store.forEach(Descriptor::close);
        socket.close();
        arena.close();
    }
}
