// SPDX-License-Identifier: Apache-2.0
package io.silica.server;

import io.silica.linux.Descriptor;
import io.silica.linux.Poller;
import io.silica.linux.UnixListener;
import io.silica.sandbox.Undo;
import io.silica.server.config.ByteSize;
import io.silica.server.holder.ConnectionUser;
import io.silica.server.holder.HeldConnection;
import io.silica.server.holder.Holder;
import io.silica.server.holder.InstanceFile;
import io.silica.server.holder.Protection;
import io.silica.server.listen.SocketFile;
import io.silica.server.metrics.Metrics;
import io.silica.server.record.StateDirectory;
import io.silica.server.registry.Continuity;
import io.silica.server.task.Operations;
import io.silica.server.transport.InboundJournal;
import io.silica.server.transport.TransportConnection;
import io.silica.server.transport.TransportOptions;
import io.silica.server.transport.TtrpcTransport;
import io.silica.ttrpc.ConnectionId;
import io.silica.ttrpc.ServerConfig;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Where task connections come from: a holder, which keeps them beyond the life of this daemon; or,
 * where there is none, a listener of the daemon's own.
 */
final class TaskConnections implements AutoCloseable {
    private static final Logger LOGGER = System.getLogger(TaskConnections.class.getName());
    private static final TransportOptions OPTIONS = TransportOptions.standard();

    private final Undo parts = new Undo();
    private final Optional<Holder> holder;
    private final Optional<UnixListener> listener;
    private final InstanceFile instance;
    private final Protection without;
    private final RequestJournal journal;
    private final Operations operations;
    private volatile @Nullable TtrpcTransport transport;

    private TaskConnections(
            Path socket,
            Optional<Holder> holder,
            StateDirectory state,
            ByteSize journalSize,
            Protection without) {
        this.holder = holder;
        this.instance = new InstanceFile(state.path().resolve("holder-instance"));
        this.without = without;
        holder.ifPresent(parts::owns);
        this.listener = holder.isPresent() ? Optional.empty() : Optional.of(listen(socket));
        var epoch = new OperationEpoch(state.path().resolve("operation-epoch"));
        this.journal =
                holder.map(it ->
                                RequestJournal.open(
                                        state.subdirectory("journal"),
                                        journalSize,
                                        it.instance(),
                                        epoch::forget))
                        .orElseGet(RequestJournal::none);
        parts.owns(journal);
        this.operations = new Operations(epoch.of(journal));
    }

    /**
     * Finds the holder, or listens.
     *
     * @param socket of the Task service, which is the holder's if there is one
     * @param channel of the holder, if one is wanted
     * @param journalSize how large the file is in which requests are kept
     */
    static TaskConnections open(
            Path socket,
            Optional<Path> channel,
            StateDirectory state,
            ByteSize journalSize,
            Poller poller)
            throws InterruptedException {
        var holder =
                channel.isPresent() ? Holder.find(channel.get(), poller) : Optional.<Holder>empty();
        return new TaskConnections(
                socket,
                holder,
                state,
                journalSize,
                channel.isPresent() ? Protection.NO_HOLDER : Protection.OFF);
    }

    /** What is asked for by them. */
    Operations operations() {
        return operations;
    }

    /** Whether connections would survive this daemon. Any thread. */
    Protection protection() {
        if (holder.isEmpty()) {
            return without;
        }
        if (!journal.isKept()) {
            return Protection.NO_JOURNAL;
        }
        return holder.get().isKept() ? Protection.PROTECTED : Protection.HOLDER_LOST;
    }

    /**
     * Whether containers go on with them: those of the last life are held still, and what it has
     * read of them is known. Before {@link #serve}.
     */
    Continuity continuity() {
        boolean held =
                holder.isPresent() && instance.read().equals(Optional.of(holder.get().instance()));
        boolean told = journal.isContinued();
        if (held && !told) {
            LOGGER.log(
                    Level.ERROR,
                    "containers of the last life are ended: no journal tells how far it had read their"
                            + " connections");
        }
        return held && told ? Continuity.KEPT : Continuity.LOST;
    }

    /** Whether there is room for a container more, and all that will be asked about it. */
    boolean hasRoomForMore() {
        return journal.hasRoomForMore() && room().isFor(open());
    }

    private ConnectionRoom room() {
        int most = OPTIONS.maxConnections();
        return new ConnectionRoom(holder.map(it -> Math.min(most, it.most())).orElse(most));
    }

    private int open() {
        var serving = transport;
        return serving == null ? 0 : serving.connectionCount();
    }

    void measure(Metrics metrics) {
        journal.measure(metrics);
        metrics.gauge("task_connections", "Connections of containerd.", this::open);
        metrics.gauge(
                "task_connections_max",
                "How many of them may be open before no new container is made.",
                () -> room().forAll());
    }

    /**
     * Serves them. To be called once.
     *
     * @param onNewHolder called when another holder has taken over
     */
    void serve(ServerConfig services, NewHolder onNewHolder) {
        holder.ifPresentOrElse(
                it -> serveHeld(it, services, onNewHolder), () -> serveAccepted(services));
    }

    private void serveAccepted(ServerConfig services) {
        instance.delete();
        start(services, OPTIONS.withJournal(told(InboundJournal.NONE)))
                .listen(listener.orElseThrow());
    }

    private TtrpcTransport start(ServerConfig services, TransportOptions options) {
        var started = parts.owns(TtrpcTransport.start("task-loop", services, options));
        transport = started;
        return started;
    }

    private void serveHeld(Holder keeper, ServerConfig services, NewHolder onNewHolder) {
        var held = keeper.takeHeld();
        journal.keepOnly(held.stream().map(HeldConnection::id).collect(Collectors.toSet()));
        var kept = OPTIONS.withJournal(told(journal.inbound())).withOnEnd(keeper::ended);
        var user = new User(start(services, kept), instance, journal, onNewHolder);
        keeper.limit(OPTIONS.maxConnections());
        held.forEach(user::serve);
        instance.write(keeper.instance());
        keeper.serve(user);
    }

    private InboundJournal told(InboundJournal kept) {
        return new OperationJournal(kept, operations);
    }

    private UnixListener listen(Path socket) {
        var own = parts.owns(SocketFile.listen(socket));
        parts.add(() -> SocketFile.remove(socket));
        return own;
    }

    @Override
    public void close() {
        parts.close();
    }

    /** Gives another holder, and with it perhaps another service manager, what else it needs. */
    @FunctionalInterface
    interface NewHolder {
        /** It has all that is served. */
        void came() throws InterruptedException;
    }

    /** The transport, as the holder sees it. */
    private record User(
            TtrpcTransport transport,
            InstanceFile instance,
            RequestJournal journal,
            NewHolder onNewHolder)
            implements ConnectionUser {
        @Override
        public void serve(HeldConnection connection) {
            transport.adopt(connection.id(), connection.socket());
        }

        @Override
        public Map<ConnectionId, Descriptor> served() {
            return transport.connections().stream()
                    .collect(
                            Collectors.toMap(
                                    TransportConnection::id, TransportConnection::descriptor));
        }

        @Override
        public void keptBy(String keeper) {
            journal.passTo(keeper);
            instance.write(keeper);
            try {
                onNewHolder.came();
            } catch (InterruptedException _) {
                Thread.currentThread().interrupt();
            }
        }
    }
}
