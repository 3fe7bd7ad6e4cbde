// SPDX-License-Identifier: Apache-2.0
package io.silica.vmm;

import com.google.protobuf.Empty;
import com.google.protobuf.MessageLite;
import io.silica.proto.guest.GuestContainerState;
import io.silica.sandbox.Exit;
import io.silica.sandbox.ExitStatus;
import io.silica.ttrpc.ServerConfig;
import io.silica.ttrpc.StatusCode;
import io.silica.ttrpc.TtrpcException;
import io.silica.ttrpc.TtrpcServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A guest in memory: an agent that dials the host until it is told to power off, and lives on when
 * a daemon dies.
 */
final class FakeGuest {
    private static final long REDIAL_PAUSE_NANOS = 500_000;

    private final Map<String, FakeGuestContainer> containers = new ConcurrentHashMap<>();
    private final Map<String, Function<MessageLite, MessageLite>> lies = new ConcurrentHashMap<>();
    private final Map<String, Result> results = new ConcurrentHashMap<>();
    private final AtomicInteger made = new AtomicInteger();
    private final Exit end = new Exit();
    private final Thread dialler;
    private volatile Path host;
    private volatile @Nullable ClosingChannel current;
    private volatile boolean prepared;
    private volatile String unheard = "";
    private volatile long session;

    /**
     * What an operation came to.
     *
     * @param target the container and the process that it was for, with a slash between
     * @param outcome gives the answer, or throws the refusal
     */
    private record Result(String target, Supplier<? extends MessageLite> outcome) {}

    /**
     * @param host the socket that it dials
     */
    FakeGuest(Path host) {
        this.host = host;
        this.dialler = Thread.ofVirtual().name("fake agent " + host).start(this::dial);
    }

    private void dial() {
        while (end.status().isEmpty()) {
            try {
                serve(new ClosingChannel(SocketChannel.open(UnixDomainSocketAddress.of(host))));
            } catch (IOException _) {
                LockSupport.parkNanos(REDIAL_PAUSE_NANOS);
            } catch (InterruptedException _) {
                return;
            }
        }
    }

    private void serve(ClosingChannel channel) throws InterruptedException {
        current = channel;
        if (end.status().isPresent()) {
            hangUp();
        }
        try (var server = new TtrpcServer(ServerConfig.of(new FakeAgent(this).services()))) {
            server.serve(channel);
            channel.closed().await();
        }
    }

    /** Dials another socket from now on. */
    void dials(Path socket) {
        host = socket;
    }

    /** Loses the connection that there is, if one is; it dials again. */
    void hangUp() {
        var open = current;
        if (open != null) {
            try {
                open.close();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }

    /** Answers a method in another way from now on, with any message or a TtrpcException. */
    void lie(String method, Function<MessageLite, MessageLite> answer) {
        lies.put(method, answer);
    }

    /** Is honest again. */
    void repent() {
        lies.clear();
    }

    Optional<Function<MessageLite, MessageLite>> lie(String method) {
        return Optional.ofNullable(lies.get(method));
    }

    /** Loses the connection, instead of answering, the next time that a method was carried out. */
    void loseAnswerOf(String method) {
        unheard = method;
    }

    /**
     * Carries out an operation, or answers with what it came to.
     *
     * @param target the container and the process, with a slash between
     */
    @SuppressWarnings("unchecked") // the same method of the same contract
    <R extends MessageLite> R once(
            String method, String target, Optional<String> operation, Supplier<R> work) {
        @Nullable Result known = operation.isEmpty() ? null : results.get(operation.get());
        if (known != null) {
            return (R) known.outcome().get();
        }
        R result;
        try {
            result = work.get();
        } catch (TtrpcException e) {
            keep(
                    target,
                    operation,
                    () -> {
                        throw e;
                    });
            throw e;
        }
        keep(target, operation, () -> result);
        if (method.equals(unheard)) {
            unheard = "";
            hangUp();
        }
        return result;
    }

    private void keep(
            String target, Optional<String> operation, Supplier<? extends MessageLite> outcome) {
        operation.ifPresent(it -> results.put(it, new Result(target, outcome)));
    }

    /** What operations on a process came to, or on a container and all in it, goes with it. */
    void forgetWith(String container, String exec) {
        var target = container + "/" + exec;
        results.values()
                .removeIf(it ->
                        exec.isEmpty()
                                ? it.target().startsWith(target)
                                : it.target().equals(target));
    }

    /** Forgets what operations came to. */
    void acknowledged(List<String> operations) {
        operations.forEach(results::remove);
    }

    boolean attach(long asked) {
        if (asked < session) {
            throw new TtrpcException(StatusCode.FAILED_PRECONDITION, "an older session");
        }
        session = asked;
        return prepared;
    }

    Empty prepare() {
        prepared = true;
        return Empty.getDefaultInstance();
    }

    void hasMade() {
        var _ = made.incrementAndGet();
    }

    /** How many containers were made, with those that are no more. */
    int made() {
        return made.get();
    }

    Map<String, FakeGuestContainer> containers() {
        return containers;
    }

    List<GuestContainerState> states() {
        return containers.entrySet().stream().map(it -> it.getValue().state(it.getKey())).toList();
    }

    FakeGuestContainer container(String id) {
        return Optional.ofNullable(containers.get(id))
                .orElseThrow(() -> new TtrpcException(StatusCode.NOT_FOUND, "no container " + id));
    }

    FakeGuestProcess process(String id, String exec) {
        return container(id).process(exec);
    }

    /** The end of the machine. */
    Exit end() {
        return end;
    }

    /** Ends it, as a machine does that is killed. */
    void kill() {
        end.complete(new ExitStatus(137, Instant.now()));
        hangUp();
        try {
            dialler.join();
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
        containers.values().forEach(FakeGuestContainer::kill);
    }
}
