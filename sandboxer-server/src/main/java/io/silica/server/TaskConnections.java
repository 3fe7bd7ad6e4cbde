// SPDX-License-Identifier: Apache-2.0
package io.silica.server;

import io.silica.linux.Descriptor;
import io.silica.linux.Poller;
import io.silica.linux.UnixListener;
import io.silica.sandbox.Undo;
import io.silica.server.holder.ConnectionUser;
import io.silica.server.holder.HeldConnection;
import io.silica.server.holder.Holder;
import io.silica.server.holder.InstanceFile;
import io.silica.server.holder.Protection;
import io.silica.server.journal.Journal;
import io.silica.server.journal.JournalDirectory;
import io.silica.server.journal.JournalOpening;
import io.silica.server.journal.JournalOwner;
import io.silica.server.listen.SocketFile;
import io.silica.server.record.StateDirectory;
import io.silica.server.registry.Continuity;
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

/**
 * Where task connections come from: a holder, which keeps them beyond the life of this daemon; or,
 * where there is none, a listener of the daemon's own.
 */
final class TaskConnections implements AutoCloseable {
    private static final Logger LOGGER = System.getLogger(TaskConnections.class.getName());
    private static final long JOURNAL_BYTES = 32L << 20;

    private final Undo parts = new Undo();
    private final Optional<Holder> holder;
    private final Optional<UnixListener> listener;
    private final InstanceFile instance;
    private final Protection without;
    private final Optional<JournalOpening> journal;

    private TaskConnections(
            Path socket, Optional<Holder> holder, StateDirectory state, Protection without) {
        this.holder = holder;
        this.instance = new InstanceFile(state.path().resolve("holder-instance"));
        this.without = without;
        holder.ifPresent(parts::owns);
        this.listener = holder.isPresent() ? Optional.empty() : Optional.of(listen(socket));
        this.journal = holder.map(it -> open(state.subdirectory("journal"), it.instance()));
        journal().ifPresent(parts::owns);
    }

    /**
     * Finds the holder, or listens.
     *
     * @param socket of the Task service, which is the holder's if there is one
     * @param channel of the holder, if one is wanted
     */
    static TaskConnections open(
            Path socket, Optional<Path> channel, StateDirectory state, Poller poller)
            throws InterruptedException {
        var holder =
                channel.isPresent() ? Holder.find(channel.get(), poller) : Optional.<Holder>empty();
        return new TaskConnections(
                socket, holder, state, channel.isPresent() ? Protection.NO_HOLDER : Protection.OFF);
    }

    /** Whether connections would survive this daemon. Any thread. */
    Protection protection() {
        if (holder.isEmpty()) {
            return without;
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
        boolean known =
                journal.isPresent() && journal.get() instanceof JournalOpening.Continued(var _);
        return held && known ? Continuity.KEPT : Continuity.LOST;
    }

    /** Whether there is room for a container more, and all that will be asked about it. */
    boolean hasRoomForMore() {
        return journal().map(Journal::hasRoomForMore).orElse(true);
    }

    /** What came by them is written here, if somebody holds them. */
    Optional<Journal> journal() {
        return journal.flatMap(opening ->
                switch (opening) {
                    case JournalOpening.Fresh(var fresh) -> Optional.of(fresh);
                    case JournalOpening.Continued(var continued) -> Optional.of(continued);
                    case JournalOpening.Outdated(var fresh) -> Optional.of(fresh);
                    case JournalOpening.Damaged(var fresh, var _, var _) -> Optional.of(fresh);
                    case JournalOpening.Unusable(var _) -> Optional.empty();
                });
    }

    private static JournalOpening open(Path directory, String holder) {
        var opening = new JournalDirectory(directory).open(JOURNAL_BYTES, JournalOwner.now(holder));
        if (opening instanceof JournalOpening.Unusable(var reason)) {
            LOGGER.log(
                    Level.ERROR,
                    "there is no journal, and containers would be lost with this daemon: {0}",
                    reason);
        }
        return opening;
    }

    /**
     * Serves them. To be called once.
     *
     * @param onNewHolder called when another holder has taken over
     */
    void serve(ServerConfig services, NewHolder onNewHolder) {
        var options = TransportOptions.standard();
        holder.ifPresentOrElse(
                it -> serveHeld(it, services, options, onNewHolder),
                () -> serveAccepted(services, options));
    }

    private void serveAccepted(ServerConfig services, TransportOptions options) {
        instance.delete();
        var transport = parts.owns(TtrpcTransport.start("task-loop", services, options));
        transport.listen(listener.orElseThrow());
    }

    private void serveHeld(
            Holder keeper, ServerConfig services, TransportOptions options, NewHolder onNewHolder) {
        var held = keeper.takeHeld();
        journal()
                .ifPresent(it ->
                        it.keepOnly(
                                held.stream().map(HeldConnection::id).collect(Collectors.toSet())));
        var kept =
                options.withJournal(
                                journal().<InboundJournal>map(it -> it).orElse(InboundJournal.NONE))
                        .withOnEnd(keeper::ended);
        var transport = parts.owns(TtrpcTransport.start("task-loop", services, kept));
        var user = new User(transport, instance, journal(), onNewHolder);
        keeper.limit(options.maxConnections());
        held.forEach(user::serve);
        instance.write(keeper.instance());
        keeper.serve(user);
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
            Optional<Journal> journal,
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
            journal.ifPresent(it -> it.passTo(JournalOwner.now(keeper)));
            instance.write(keeper);
            try {
                onNewHolder.came();
            } catch (InterruptedException _) {
                Thread.currentThread().interrupt();
            }
        }
    }
}
