// SPDX-License-Identifier: Apache-2.0
package io.silica.appkernel.gvisor;

import io.silica.linux.Descriptor;
import io.silica.linux.Epoll;
import io.silica.linux.LinuxException;
import io.silica.linux.Poller;
import io.silica.linux.SocketType;
import io.silica.linux.UnixAddress;
import io.silica.linux.UnixSocket;
import io.silica.sandbox.Printable;
import io.silica.sandbox.SandboxException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * Calls a sentry by its control socket: a JSON object to ask, one to answer, and descriptors beside
 * the first byte (gVisor, pkg/urpc). Each call has a connection of its own: a sentry that is killed
 * while one is open and idle takes its time. What a sentry answers is a guest's, for all we know:
 * bounded, and checked.
 *
 * <p>Any thread may call; it is blocked in Java only.
 */
final class ControlSocket {
    private static final JsonMapper JSON = JsonMapper.shared();
    private static final int MAXIMUM_ANSWER = 1 << 20;
    private static final int CHUNK = 16 * 1024;

    /** A Wait has no end but the container's, or the sentry's, which closes the connection. */
    private static final Duration ENDLESS = Duration.ofDays(36_500);

    private final Path path;
    private final Poller poller;
    private final Duration patience;
    private final Set<UnixSocket> underWay = ConcurrentHashMap.newKeySet();
    private volatile boolean closed;

    ControlSocket(Path path, Poller poller) {
        this(path, poller, GvisorConfig.USUAL_PATIENCE);
    }

    /**
     * @param patience for each call that says nothing else
     */
    ControlSocket(Path path, Poller poller, Duration patience) {
        this.path = path;
        this.poller = poller;
        this.patience = patience;
    }

    /** Where it is. */
    Path path() {
        return path;
    }

    /**
     * Makes a call of {@code containerManager}.
     *
     * @return its result
     * @throws SandboxException.NotFound if the sentry does not know the container or the process
     * @throws SandboxException.Unavailable if it can't be reached, or makes no sense
     * @throws SandboxException.TimedOut if it does not answer
     * @throws SandboxException.Failed if it refuses
     */
    JsonNode call(String method, JsonNode argument) {
        return call(method, argument, List.of(), patience);
    }

    /** The same with copies of descriptors. */
    JsonNode call(String method, JsonNode argument, List<Descriptor> descriptors) {
        return call(method, argument, descriptors, patience);
    }

    /** The same with a patience of its own. */
    JsonNode call(String method, JsonNode argument, Duration own) {
        return call(method, argument, List.of(), own);
    }

    /** The same for a call that answers when something has ended. */
    JsonNode await(String method, JsonNode argument) {
        return call(method, argument, List.of(), ENDLESS);
    }

    private JsonNode call(
            String method, JsonNode argument, List<Descriptor> descriptors, Duration own) {
        var request = JSON.createObjectNode();
        request.put("method", "containerManager." + method).set("arg", argument);
        try (var arena = Arena.ofConfined();
                var socket = UnixSocket.connect(UnixAddress.of(path), SocketType.STREAM)) {
            return result(
                    method,
                    whileOpen(
                            socket,
                            () -> {
                                send(socket, arena, JSON.writeValueAsBytes(request), descriptors);
                                return receive(socket, arena, method, own);
                            }));
        } catch (LinuxException e) {
            throw new SandboxException.Unavailable(
                    "cannot reach the sentry for " + method + ": " + e.getMessage(), e);
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
            throw new SandboxException.Cancelled("interrupted while asking the sentry: " + method);
        }
    }

    /** What asks and waits for an answer. */
    private interface Exchange {
        byte[] answer() throws InterruptedException;
    }

    private byte[] whileOpen(UnixSocket socket, Exchange exchange) throws InterruptedException {
        underWay.add(socket);
        try {
            if (closed) {
                throw new SandboxException.Unavailable("the sentry was let go of");
            }
            return exchange.answer();
        } finally {
            underWay.remove(socket);
        }
    }

    /**
     * Ends the calls that are under way, and makes no more. A sentry that is killed while somebody
     * waits for its answer takes its time to end.
     */
    void close() {
        closed = true;
        underWay.forEach(ControlSocket::end);
    }

    private static void end(UnixSocket socket) {
        try {
            socket.shutdown();
        } catch (LinuxException _) {
            // Its call has just ended.
        }
    }

    private void send(UnixSocket socket, Arena arena, byte[] request, List<Descriptor> descriptors)
            throws InterruptedException {
        var data = arena.allocate(request.length);
        MemorySegment.copy(request, 0, data, ValueLayout.JAVA_BYTE, 0, request.length);
        long sent = 0;
        long end = System.nanoTime() + patience.toNanos();
        while (sent < request.length) {
            // The descriptors go with the first byte.
            int taken =
                    sent == 0 && !descriptors.isEmpty()
                            ? socket.send(data, descriptors)
                            : socket.send(data, sent, request.length - sent);
            sent += taken;
            var left = Duration.ofNanos(Math.max(0, end - System.nanoTime()));
            if (taken == 0 && !poller.await(socket.descriptor(), Epoll.WRITABLE, left)) {
                throw new SandboxException.TimedOut("the sentry takes no request");
            }
        }
    }

    private byte[] receive(UnixSocket socket, Arena arena, String method, Duration own)
            throws InterruptedException {
        var answer = new JsonObjects(MAXIMUM_ANSWER);
        var buffer = arena.allocate(CHUNK);
        long end = System.nanoTime() + own.toNanos();
        while (true) {
            int length = socket.receive(buffer, 0, CHUNK);
            if (length < 0) {
                throw new SandboxException.Unavailable(
                        "the sentry closed the connection instead of answering " + method);
            }
            try {
                var complete =
                        answer.take(
                                buffer.asSlice(0, length).toArray(ValueLayout.JAVA_BYTE), length);
                if (complete.isPresent()) {
                    return complete.get();
                }
            } catch (IllegalArgumentException e) {
                throw nonsense(method, e);
            }
            var left = Duration.ofNanos(end - System.nanoTime());
            boolean more = length > 0 || poller.await(socket.descriptor(), Epoll.READABLE, left);
            if (!more || left.isNegative()) {
                throw new SandboxException.TimedOut("the sentry does not answer " + method);
            }
        }
    }

    private static JsonNode result(String method, byte[] answer) {
        try {
            if (!(JSON.readTree(answer) instanceof ObjectNode object)
                    || !object.path("success").isBoolean()) {
                throw nonsense(method, new IllegalArgumentException("it says no \"success\""));
            }
            if (object.path("success").asBoolean()) {
                return object.path("result");
            }
            throw refusal(method, object.path("err").asString(""));
        } catch (JacksonException e) {
            throw nonsense(method, e);
        }
    }

    private static SandboxException refusal(String method, String error) {
        String message = "the sentry refuses " + method + ": " + Printable.of(error);
        return error.contains("not found")
                        || error.contains("no such process")
                        || error.contains("not started")
                ? new SandboxException.NotFound(message)
                : new SandboxException.Failed(message);
    }

    private static SandboxException nonsense(String method, Exception cause) {
        return new SandboxException.Unavailable(
                "the sentry's answer to " + method + " makes no sense: " + cause.getMessage(),
                cause);
    }
}
