// SPDX-License-Identifier: Apache-2.0
package io.silica.appkernel.quark;

import com.google.protobuf.MessageLite;
import com.google.protobuf.Parser;
import io.silica.proto.containerd.task.StateRequest;
import io.silica.proto.containerd.task.StateResponse;
import io.silica.sandbox.HostCalls;
import io.silica.sandbox.Printable;
import io.silica.sandbox.SandboxException;
import io.silica.ttrpc.CallOptions;
import io.silica.ttrpc.TtrpcClient;
import io.silica.ttrpc.TtrpcException;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The task service of a sandbox. It is dialled when it is needed; a connection that is lost is
 * followed by another at the next call. Any thread may call any method.
 */
final class TaskSocket implements AutoCloseable {
    private static final String SERVICE = "containerd.task.v2.Task";
    private static final Duration PAUSE = Duration.ofMillis(20);

    private final Path socket;
    private final HostCalls host;
    private @Nullable TtrpcClient current;
    private boolean closed;

    /**
     * @param host dials: a socket whose owner stands still may block
     */
    TaskSocket(Path socket, HostCalls host) {
        this.socket = socket;
        this.host = host;
    }

    /**
     * Calls it.
     *
     * @throws SandboxException what it answers; Unavailable if the connection is lost
     */
    <R extends MessageLite> R call(
            String method, MessageLite request, Parser<R> responses, CallOptions options) {
        try {
            return client().call(SERVICE, method, request, responses, options);
        } catch (TtrpcException e) {
            throw QuarkFailure.of(e);
        }
    }

    private synchronized TtrpcClient client() {
        if (closed) {
            throw new SandboxException.Cancelled("the daemon lets go of a sandbox on Quark");
        }
        var client = current;
        if (client == null || !client.isOpen()) {
            client = host.call("dial the task service of Quark", this::dial, TtrpcClient::close);
            current = client;
        }
        return client;
    }

    private TtrpcClient dial() {
        try {
            return TtrpcClient.connect(socket);
        } catch (IOException e) {
            throw new SandboxException.Unavailable(
                    "cannot dial the task service of Quark: " + e.getMessage(), e);
        }
    }

    /**
     * Waits until it answers: Quark says that it has started a sandbox before that has booted.
     *
     * @param isAlive whether the process that serves it lives
     * @throws SandboxException.TimedOut if it does not in time
     * @throws SandboxException.Unavailable if what is there does not speak its protocol
     * @throws SandboxException.Failed if that process has ended
     */
    void awaitAnswer(Duration patience, BooleanSupplier isAlive) {
        long end = System.nanoTime() + patience.toNanos();
        while (true) {
            try {
                ask(Duration.ofNanos(Math.max(1, end - System.nanoTime())));
                return;
            } catch (SandboxException.TimedOut _) {
                throw new SandboxException.TimedOut(
                        "the task service of Quark has not answered within %d ms"
                                .formatted(patience.toMillis()));
            } catch (SandboxException.Unavailable e) {
                if (!isAlive.getAsBoolean()) {
                    throw SandboxProcess.endedAtOnce();
                }
                if (System.nanoTime() - end > 0) {
                    throw e;
                }
            }
            pause();
        }
    }

    /** Of a container that nobody has: whatever is said of it is an answer. */
    private void ask(Duration patience) {
        var request = StateRequest.newBuilder().setId("silica-nobody").build();
        try {
            var _ =
                    client().call(
                                    SERVICE,
                                    "State",
                                    request,
                                    StateResponse.parser(),
                                    CallOptions.timeout(patience));
        } catch (TtrpcException e) {
            switch (e.code()) {
                case DEADLINE_EXCEEDED, UNAVAILABLE, CANCELLED -> throw QuarkFailure.of(e);
                case INTERNAL ->
                        throw new SandboxException.Failed(
                                "what answers for Quark is no task service: "
                                        + Printable.of(e.status().message()),
                                e);
                default -> {}
            }
        }
    }

    private static void pause() {
        try {
            Thread.sleep(PAUSE);
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
            throw new SandboxException.Cancelled("interrupted while Quark boots");
        }
    }

    /** Calls that are under way fail. */
    @Override
    public void close() {
        TtrpcClient client;
        synchronized (this) {
            closed = true;
            client = current;
        }
        if (client != null) {
            client.close();
        }
    }
}
