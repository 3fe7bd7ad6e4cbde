// SPDX-License-Identifier: Apache-2.0
package io.silica.vmm.qemu;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;

import io.silica.linux.Epoll;
import io.silica.linux.LinuxException;
import io.silica.linux.Poller;
import io.silica.linux.SocketType;
import io.silica.linux.UnixAddress;
import io.silica.linux.UnixSocket;
import io.silica.sandbox.Printable;
import io.silica.sandbox.SandboxException;
import java.io.ByteArrayOutputStream;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * QEMU's control protocol (QMP): a line of JSON for each message; a greeting, a negotiation,
 * commands and their answers, and events that come whenever they like and are not looked at. What
 * QEMU says is bounded: a guest may have taken it over.
 *
 * <p>For one thread; blocked in Java only.
 */
final class Qmp implements AutoCloseable {
    private static final JsonMapper JSON = JsonMapper.shared();
    private static final int LONGEST_LINE = 64 << 10;

    /** One that sends nothing but events is as bad as one that does not answer. */
    private static final int MOST_EVENTS = 1000;

    private static final int CHUNK = 4096;

    private final UnixSocket socket;
    private final Poller poller;
    private final ByteArrayOutputStream line = new ByteArrayOutputStream();
    private byte[] rest = new byte[0];
    private int used;
    private long number;

    private Qmp(UnixSocket socket, Poller poller) {
        this.socket = socket;
        this.poller = poller;
    }

    /**
     * Connects, and returns when QEMU takes commands.
     *
     * @throws SandboxException.Unavailable if nobody answers there, or not QEMU
     * @throws SandboxException.TimedOut if QEMU does not
     */
    static Qmp connect(Path path, Poller poller, Duration patience) {
        try {
            return over(
                    UnixSocket.connect(UnixAddress.of(path), SocketType.STREAM), poller, patience);
        } catch (LinuxException e) {
            throw new SandboxException.Unavailable("cannot reach QEMU: " + e.getMessage(), e);
        }
    }

    /** The same over a connection, which is its own from now on. */
    static Qmp over(UnixSocket socket, Poller poller, Duration patience) {
        var qmp = new Qmp(socket, poller);
        try {
            var greeting = qmp.read(System.nanoTime() + patience.toNanos());
            if (!greeting.path("QMP").isObject()) {
                throw new SandboxException.Unavailable("what answers is not QEMU");
            }
            var _ = qmp.execute("qmp_capabilities", patience);
            return qmp;
        } catch (RuntimeException e) {
            qmp.close();
            throw e;
        }
    }

    /**
     * Has a command carried out.
     *
     * @return what it gives back
     * @throws SandboxException.Failed if QEMU refuses, with its words
     */
    JsonNode execute(String command, Duration patience) {
        long end = System.nanoTime() + patience.toNanos();
        long id = ++number;
        send(JSON.createObjectNode().put("execute", command).put("id", id), end);
        for (int i = 0; i < MOST_EVENTS; i++) {
            var message = read(end);
            if (message.path("id").asLong(0) == id) {
                return result(command, message);
            }
            if (!message.has("event")) {
                throw new SandboxException.Unavailable(
                        "QEMU answers what nobody has asked instead of " + command);
            }
        }
        throw new SandboxException.Unavailable("QEMU does not come to answer " + command);
    }

    private static JsonNode result(String command, JsonNode message) {
        if (message.has("return")) {
            return message.path("return");
        }
        throw new SandboxException.Failed(
                "QEMU refuses %s: %s"
                        .formatted(
                                command,
                                Printable.of(
                                        message.path("error").path("desc").asString("no reason"))));
    }

    private void send(ObjectNode message, long end) {
        var text = (message + "\n").getBytes(StandardCharsets.UTF_8);
        try (var arena = Arena.ofConfined()) {
            var data = arena.allocate(text.length);
            MemorySegment.copy(text, 0, data, JAVA_BYTE, 0, text.length);
            for (long sent = 0; sent < text.length; ) {
                sent += socket.send(data, sent, text.length - sent);
                if (sent < text.length) {
                    await(Epoll.WRITABLE, end);
                }
            }
        } catch (LinuxException e) {
            throw lost(e);
        }
    }

    private JsonNode read(long end) {
        try {
            var message = JSON.readTree(readLine(end));
            if (message instanceof ObjectNode) {
                return message;
            }
            throw new SandboxException.Unavailable("QEMU sends what is no message");
        } catch (JacksonException e) {
            throw new SandboxException.Unavailable("QEMU sends what is no JSON", e);
        }
    }

    private byte[] readLine(long end) {
        line.reset();
        while (true) {
            for (; used < rest.length; used++) {
                if (rest[used] == '\n') {
                    used++;
                    return line.toByteArray();
                }
                line.write(rest[used]);
                if (line.size() > LONGEST_LINE) {
                    throw new SandboxException.Unavailable("QEMU sends a line without end");
                }
            }
            fill(end);
        }
    }

    private void fill(long end) {
        try (var arena = Arena.ofConfined()) {
            var buffer = arena.allocate(CHUNK);
            int count = socket.receive(buffer, 0, CHUNK);
            while (count == 0) {
                await(Epoll.READABLE, end);
                count = socket.receive(buffer, 0, CHUNK);
            }
            if (count < 0) {
                throw new SandboxException.Unavailable("QEMU has closed the connection");
            }
            rest = buffer.asSlice(0, count).toArray(JAVA_BYTE);
            used = 0;
        } catch (LinuxException e) {
            throw lost(e);
        }
    }

    private static SandboxException lost(LinuxException e) {
        return new SandboxException.Unavailable("QEMU is gone: " + e.getMessage(), e);
    }

    private void await(int events, long end) {
        try {
            var left = Duration.ofNanos(end - System.nanoTime());
            if (left.isNegative() || !poller.await(socket.descriptor(), events, left)) {
                throw new SandboxException.TimedOut("QEMU does not answer");
            }
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
            throw new SandboxException.Cancelled("interrupted while QEMU answers");
        }
    }

    @Override
    public void close() {
        socket.close();
    }
}
