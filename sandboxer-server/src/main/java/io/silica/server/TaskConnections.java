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
import io.silica.server.listen.SocketFile;
import io.silica.server.record.StateDirectory;
import io.silica.server.registry.Continuity;
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

    private final Undo parts = new Undo();
    private final Optional<Holder> holder;
    private final Optional<UnixListener> listener;
    private final InstanceFile instance;
    private final Protection without;

    private TaskConnections(
            Path socket, Optional<Holder> holder, InstanceFile instance, Protection without) {
        this.holder = holder;
        this.instance = instance;
        this.without = without;
        holder.ifPresent(parts::owns);
        this.listener = holder.isPresent() ? Optional.empty() : Optional.of(listen(socket));
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
        var instance = new InstanceFile(state.path().resolve("holder-instance"));
        var holder =
                channel.isPresent() ? Holder.find(channel.get(), poller) : Optional.<Holder>empty();
        return new TaskConnections(
                socket,
                holder,
                instance,
                channel.isPresent() ? Protection.NO_HOLDER : Protection.OFF);
    }

    /** Whether connections would survive this daemon. Any thread. */
    Protection protection() {
        if (holder.isEmpty()) {
            return without;
        }
        return holder.get().isKept() ? Protection.PROTECTED : Protection.HOLDER_LOST;
    }

    /** Whether those of the last life have survived it. Before {@link #serve}. */
    boolean haveSurvived() {
        return holder.isPresent() && instance.read().equals(Optional.of(holder.get().instance()));
    }

    /**
     * Whether containers go on with them. Before {@link #serve}. Not yet: what the last life has
     * read of its connections is not known, and so they end with it; see {@link #resume}.
     */
    Continuity continuity() {
        return Continuity.LOST;
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
        var transport =
                parts.owns(
                        TtrpcTransport.start(
                                "task-loop", services, options.withOnEnd(keeper::ended)));
        var user = new User(transport, instance, onNewHolder);
        keeper.limit(options.maxConnections());
        keeper.takeHeld().forEach(connection -> resume(keeper, user, connection));
        instance.write(keeper.instance());
        keeper.serve(user);
    }

    /**
     * What an earlier life has read of a connection is not known, and so neither is where in a
     * request it stands.
     */
    private static void resume(Holder keeper, User user, HeldConnection connection) {
        if (connection.socket().peekOffset() < 0) {
            user.serve(connection);
        } else {
            LOGGER.log(
                    Level.INFO, "connection {0} has ended with the last daemon", connection.id());
            connection.socket().close();
            keeper.ended(connection.id());
        }
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
    private record User(TtrpcTransport transport, InstanceFile instance, NewHolder onNewHolder)
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
            instance.write(keeper);
            try {
                onNewHolder.came();
            } catch (InterruptedException _) {
                Thread.currentThread().interrupt();
            }
        }
    }
}
