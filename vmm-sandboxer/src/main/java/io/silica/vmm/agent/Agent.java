// SPDX-License-Identifier: Apache-2.0
package io.silica.vmm.agent;

import com.google.protobuf.MessageLite;
import com.google.protobuf.Parser;
import io.silica.proto.guest.AttachRequest;
import io.silica.proto.guest.AttachResponse;
import io.silica.sandbox.Operation;
import io.silica.sandbox.Printable;
import io.silica.sandbox.SandboxException;
import io.silica.sandbox.SandboxId;
import io.silica.ttrpc.CallOptions;
import io.silica.ttrpc.DuplexStream;
import io.silica.ttrpc.StatusCode;
import io.silica.ttrpc.StreamLimits;
import io.silica.ttrpc.TtrpcClient;
import io.silica.ttrpc.TtrpcException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * The agent of one guest: the socket that it dials, and the connection that it is called on. The
 * last connection on which it has answered an Attach counts; one that is lost is followed by
 * another, which the agent makes. Any thread may call any method; it is blocked in Java only.
 */
public final class Agent implements AutoCloseable {
    private static final System.Logger LOG = System.getLogger(Agent.class.getName());
    private static final int PROTOCOL_VERSION = 1;
    static final String TASK = "containerd.task.v3.Task";
    static final String GUEST = "silica.guest.v1.Guest";

    /** The metadata that says which operation a call is. */
    static final String OPERATION = "silica-operation";

    /**
     * How often the guest hears of us. It dials again when it has not for three times as long, for
     * it may not be told that a connection is over.
     */
    private static final Duration HEARTBEAT = Duration.ofSeconds(4);

    /**
     * For a guest that hears nothing, and whose dial nobody answers at first: it is not told that
     * either, and waits for two seconds. One that hangs is not waited for.
     */
    private static final Duration REDIAL_PATIENCE = Duration.ofSeconds(20);

    /** For a guest to hear that we let go. */
    private static final Duration LET_GO_PATIENCE = Duration.ofMillis(500);

    private static final Duration ATTACH_PATIENCE = Duration.ofSeconds(60);
    private static final int MOST_TRIES = 3;
    private static final Duration RETRY = Duration.ofSeconds(1);

    /** A guest that fails to attach again and again does not fill the log. */
    private static final Duration TOLD_AGAIN_AFTER = Duration.ofMinutes(1);

    /**
     * A guest sends 256 KiB of a stream beyond what was acknowledged, in chunks with heads of their
     * own. One that sends more holds up nobody but itself.
     */
    private static final StreamLimits STREAMS = new StreamLimits(1 << 20, Duration.ofSeconds(5));

    private final SandboxId sandbox;
    private final long session;
    private final Path socket;
    private final ServerSocketChannel listener;
    private final Duration heartbeat;
    private final Thread acceptor;
    private final Acknowledgements acknowledgements = new Acknowledgements();
    private final AtomicBoolean toldOfEarlierImage = new AtomicBoolean();
    private final AtomicLong unasked = new AtomicLong();
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private @Nullable AgentLink attaching;
    private @Nullable Attached current;
    private @Nullable String over;
    private String refusal = "";
    private long toldUntil = System.nanoTime();

    /** A connection, and what the agent said when it was made. */
    private record Attached(AgentLink link, AttachResponse answer) {
        TtrpcClient client() {
            return link.client();
        }
    }

    private Agent(
            SandboxId sandbox,
            long session,
            Path socket,
            ServerSocketChannel listener,
            Duration heartbeat) {
        this.sandbox = sandbox;
        this.session = session;
        this.socket = socket;
        this.listener = listener;
        this.heartbeat = heartbeat;
        this.acceptor = Thread.ofVirtual().name("agent-of " + sandbox).unstarted(this::accept);
    }

    /**
     * Waits for an agent to dial from now on.
     *
     * @param socket where it arrives; what is left there of an earlier life is replaced, and at no
     *     time is the name free for another. Its directory is closed to all but its group, which
     *     cannot remove what is ours
     * @param making where it is made, of the same file system, in a directory that is closed to all
     *     but us
     * @param session counts the lives of the daemon
     */
    public static Agent listen(Path socket, Path making, SandboxId sandbox, long session) {
        return listen(socket, making, sandbox, session, HEARTBEAT);
    }

    /**
     * The same.
     *
     * @param heartbeat how often the guest hears of us
     */
    static Agent listen(
            Path socket, Path making, SandboxId sandbox, long session, Duration heartbeat) {
        try {
            Files.deleteIfExists(making);
            var listener = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
            try {
                listener.bind(UnixDomainSocketAddress.of(making));
                open(making, socket);
                Files.move(making, socket, StandardCopyOption.ATOMIC_MOVE);
                var agent = new Agent(sandbox, session, socket, listener, heartbeat);
                agent.acceptor.start();
                return agent;
            } catch (IOException | RuntimeException e) {
                listener.close();
                throw e;
            }
        } catch (IOException e) {
            throw new UncheckedIOException("cannot listen at " + socket, e);
        }
    }

    /**
     * For us and the group of the directory where it is to be: what carries the guest's calls there
     * may be another user.
     */
    private static void open(Path making, Path socket) throws IOException {
        var group = Files.getAttribute(socket.toAbsolutePath().getParent(), "unix:gid");
        Files.setAttribute(making, "unix:gid", group, LinkOption.NOFOLLOW_LINKS);
        Files.setPosixFilePermissions(making, PosixFilePermissions.fromString("rw-rw----"));
    }

    /** One after the other: a guest that dials without end costs one connection. */
    private void accept() {
        while (listener.isOpen()) {
            try {
                attach(listener.accept());
            } catch (IOException _) {
                // Closed, or the guest has gone already.
            }
        }
    }

    private void attach(SocketChannel channel) {
        var link = new AgentLink(channel, STREAMS);
        if (!begin(link)) {
            link.close();
            return;
        }
        try {
            var request =
                    AttachRequest.newBuilder()
                            .setProtocolVersion(PROTOCOL_VERSION)
                            .setSandboxId(sandbox.value())
                            .setSession(session)
                            .setHeartbeat(
                                    com.google.protobuf.Duration.newBuilder()
                                            .setSeconds(heartbeat.getSeconds())
                                            .setNanos(heartbeat.getNano()))
                            .build();
            var answer =
                    link.client()
                            .call(
                                    GUEST,
                                    "Attach",
                                    request,
                                    AttachResponse.parser(),
                                    CallOptions.timeout(ATTACH_PATIENCE));
            if (answer.getProtocolVersion() != PROTOCOL_VERSION) {
                refused(
                        link,
                        "it speaks version %d of the protocol, and this daemon %d: the guest image is of another release, make it anew"
                                .formatted(answer.getProtocolVersion(), PROTOCOL_VERSION));
                return;
            }
            attached(new Attached(link, answer));
        } catch (TtrpcException e) {
            refused(link, Printable.of(String.valueOf(e.getMessage())));
        }
    }

    private void refused(AgentLink link, String why) {
        boolean tell;
        lock.lock();
        try {
            refusal = why;
            tell = System.nanoTime() - toldUntil >= 0;
            if (tell) {
                toldUntil = System.nanoTime() + TOLD_AGAIN_AFTER.toNanos();
            }
        } finally {
            lock.unlock();
        }
        link.close();
        if (tell) {
            LOG.log(
                    System.Logger.Level.WARNING,
                    "the agent of sandbox {0} did not attach: {1}",
                    sandbox,
                    why);
        }
    }

    private boolean begin(AgentLink link) {
        lock.lock();
        try {
            attaching = link;
            return over == null;
        } finally {
            lock.unlock();
        }
    }

    private void attached(Attached fresh) {
        Attached before;
        lock.lock();
        try {
            before = current;
            current = fresh;
            attaching = null;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
        if (before != null) {
            before.link().close();
        }
        fresh.client().onClose(() -> lost(fresh));
        if (isOver()) {
            fresh.link().close();
        }
        if (fresh.answer().getKeptResults() == 0 && !toldOfEarlierImage.getAndSet(true)) {
            LOG.log(
                    System.Logger.Level.INFO,
                    "the agent of sandbox {0} is of an earlier image and keeps no results: what it is asked for again it does again",
                    sandbox);
        }
        fresh.link().beat(sandbox, heartbeat, acknowledgements::take);
    }

    private void lost(Attached gone) {
        lock.lock();
        try {
            if (gone.equals(current)) {
                current = null;
            }
        } finally {
            lock.unlock();
        }
    }

    private boolean isOver() {
        lock.lock();
        try {
            return over != null;
        } finally {
            lock.unlock();
        }
    }

    /**
     * Waits until there is a connection.
     *
     * @return what the agent said on it
     * @throws SandboxException.TimedOut if it does not dial
     * @throws SandboxException.Unavailable if it never will: the machine has ended, or this is
     *     closed
     */
    public AttachResponse awaitAttached(Duration patience) {
        return connection(patience).answer();
    }

    private Attached connection(Duration patience) {
        long left = patience.toNanos();
        lock.lock();
        try {
            while (true) {
                if (over != null) {
                    throw new SandboxException.Unavailable(over);
                }
                if (current != null && current.client().isOpen()) {
                    return current;
                }
                if (left <= 0) {
                    throw new SandboxException.TimedOut(
                            "the agent in the guest of sandbox \"%s\" has not called within %d s%s"
                                    .formatted(
                                            sandbox,
                                            patience.toSeconds(),
                                            refusal.isEmpty()
                                                    ? ""
                                                    : "; the last that did was refused: "
                                                            + refusal));
                }
                left = changed.awaitNanos(left);
            }
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
            throw new SandboxException.Cancelled("interrupted while waiting for an agent");
        } finally {
            lock.unlock();
        }
    }

    /** Whether the agent is there now. */
    public boolean isAttached() {
        lock.lock();
        try {
            return over == null && current != null && current.client().isOpen();
        } finally {
            lock.unlock();
        }
    }

    /**
     * Waits for a moment until there is a connection, when one was lost; whether it is worth
     * another try.
     */
    public boolean awaitAgain() {
        try {
            var _ = connection(RETRY);
            return true;
        } catch (SandboxException.TimedOut _) {
            return true;
        } catch (SandboxException _) {
            return false;
        }
    }

    /**
     * Calls the agent; again on the next connection, if the one that there is is lost meanwhile:
     * what is called so may be asked for twice. All of it together takes no longer than the answer
     * may.
     *
     * @throws SandboxException what it answers; Unavailable if it is not there
     */
    <R extends MessageLite> R call(
            String service,
            String method,
            MessageLite request,
            Parser<R> responses,
            CallOptions options) {
        var end = options.timeout().map(it -> System.nanoTime() + it.toNanos());
        for (int tries = 1; ; tries++) {
            var patience =
                    end.map(Agent::left)
                            .filter(it -> it.compareTo(REDIAL_PATIENCE) < 0)
                            .orElse(REDIAL_PATIENCE);
            var connection = connection(patience);
            try {
                return connection
                        .client()
                        .call(
                                service,
                                method,
                                request,
                                responses,
                                end.map(it -> options.withTimeout(left(it))).orElse(options));
            } catch (TtrpcException e) {
                if (e.code() != StatusCode.UNAVAILABLE || tries == MOST_TRIES) {
                    throw AgentFailure.of(e);
                }
            }
        }
    }

    /**
     * Calls the agent for a change, which it carries out once: another try of this call, or of the
     * same request in the next life of the daemon, is answered with what the first has come to.
     *
     * @param method of the Task service
     * @param scope tells it from the request's other calls of this method, and from those that are
     *     not to be taken for it
     * @throws SandboxException as {@link #call} does
     */
    <R extends MessageLite> R change(
            String method,
            String scope,
            MessageLite request,
            Parser<R> responses,
            CallOptions options) {
        return change(Operation.current(), method, scope, request, responses, options);
    }

    /**
     * The same for what the daemon wants itself, whatever it carries out meanwhile: each time is
     * another operation.
     */
    <R extends MessageLite> R ownChange(
            String method, MessageLite request, Parser<R> responses, CallOptions options) {
        return change(Optional.empty(), method, "", request, responses, options);
    }

    private <R extends MessageLite> R change(
            Optional<Operation> asked,
            String method,
            String scope,
            MessageLite request,
            Parser<R> responses,
            CallOptions options) {
        var id =
                asked.map(it -> it.id() + '/' + method + '/' + scope)
                        .orElseGet(() -> session + "/" + unasked.incrementAndGet());
        try {
            return call(TASK, method, request, responses, options.withMetadata(OPERATION, id));
        } finally {
            asked.ifPresentOrElse(
                    it -> it.onAnswered(() -> acknowledgements.add(id)),
                    () -> acknowledgements.add(id));
        }
    }

    /** What is left until an instant of the system's clock for that; more than nothing. */
    static Duration left(long end) {
        return Duration.ofNanos(Math.max(1, end - System.nanoTime()));
    }

    /**
     * Begins a stream.
     *
     * @throws SandboxException Unavailable if the agent is not there
     */
    public <Q extends MessageLite, R extends MessageLite> DuplexStream<Q, R> stream(
            String method, Parser<R> responses) {
        var connection = connection(REDIAL_PATIENCE);
        try {
            return connection
                    .client()
                    .bidirectional(
                            "silica.guest.v1.Streams", method, responses, CallOptions.none());
        } catch (TtrpcException e) {
            throw AgentFailure.of(e);
        }
    }

    /**
     * The machine has ended: nobody waits for its agent any more, and calls fail with these words.
     */
    public void end(String why) {
        var left = leave(why);
        if (left != null) {
            left.close();
        }
    }

    /** Nobody gets a connection any more; what was attached is left to the caller. */
    private @Nullable AgentLink leave(String why) {
        Attached gone;
        AgentLink half;
        lock.lock();
        try {
            over = over == null ? why : over;
            gone = current;
            current = null;
            half = attaching;
            attaching = null;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
        if (half != null) {
            half.close();
        }
        return gone == null ? null : gone.link();
    }

    /** In which life of the daemon it is called. */
    long session() {
        return session;
    }

    /** Listens no longer, and lets go of the agent, which dials the next daemon. */
    @Override
    public void close() {
        var left = leave("the daemon lets go of sandbox \"%s\"".formatted(sandbox));
        if (left != null) {
            left.letGo(LET_GO_PATIENCE);
        }
        try {
            listener.close();
            acceptor.join();
        } catch (IOException e) {
            LOG.log(System.Logger.Level.WARNING, "closing " + socket, e);
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
    }
}
