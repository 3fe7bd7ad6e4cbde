// SPDX-License-Identifier: Apache-2.0
package io.silica.server.transport;

import io.silica.linux.Epoll;
import io.silica.linux.LinuxException;
import io.silica.linux.UnixListener;
import io.silica.linux.UnixSocket;
import io.silica.ttrpc.CallTimer;
import io.silica.ttrpc.ConnectionId;
import io.silica.ttrpc.ProtocolException;
import io.silica.ttrpc.ServerConfig;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.lang.foreign.Arena;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/**
 * A ttrpc server on Unix sockets with one thread for all connections, which knows every byte that
 * it has read (see the package). Any thread may call any method.
 */
public final class TtrpcTransport implements AutoCloseable {
    private static final Logger LOGGER = System.getLogger(TtrpcTransport.class.getName());
    private static final int CHUNK_BYTES = 64 << 10;

    private final ServerConfig config;
    private final TransportOptions options;
    private final EpollLoop loop;
    private final Arena arena = Arena.ofAuto();
    private final NativeBuffers buffers = new NativeBuffers(arena, CHUNK_BYTES);
    private final Chunk chunk;
    private final CallTimer timer = new CallTimer();
    private final AtomicLong lastConnection = new AtomicLong();
    private final Connection.Owner keeper = new Keeper();
    private final Map<ConnectionId, Connection> connections = new ConcurrentHashMap<>();
    private final List<Acceptor> acceptors = new ArrayList<>();
    private final CountDownLatch drained = new CountDownLatch(1);
    private final CountDownLatch ended = new CountDownLatch(1);
    private volatile boolean draining;

    private TtrpcTransport(String name, ServerConfig config, TransportOptions options) {
        this.config = config;
        this.options = options;
        this.chunk = new Chunk(arena, CHUNK_BYTES);
        this.loop = new EpollLoop(name);
    }

    /**
     * A transport that serves nobody yet.
     *
     * @param name of its thread
     */
    public static TtrpcTransport start(String name, ServerConfig config, TransportOptions options) {
        var transport = new TtrpcTransport(name, config, options);
        transport.loop.start();
        return transport;
    }

    /**
     * Accepts connections from now on. The listener, new or inherited, is the transport's from now
     * on.
     */
    public void listen(UnixListener listener) {
        loop.execute(() -> open(listener));
    }

    /**
     * Serves a connection that somebody else has accepted, perhaps in the time of a daemon before
     * this one, and goes on keeping. If it is served already, nothing changes.
     *
     * @param id under which whoever keeps it knows it; calls are named by it
     * @param socket the transport's from now on
     */
    public void adopt(ConnectionId id, UnixSocket socket) {
        lastConnection.accumulateAndGet(id.value(), Math::max);
        loop.execute(() -> open(id, socket));
    }

    /** The connections that are open now, in no order. */
    public List<TransportConnection> connections() {
        return connections.values().stream()
                .map(open -> new TransportConnection(open.id(), open.descriptor()))
                .toList();
    }

    /** How many there are. */
    public int connectionCount() {
        return connections.size();
    }

    /**
     * Ends the transport in order: accepts nothing new, closes each connection when its calls are
     * answered, and after the grace period those that are left, cancelling their calls.
     *
     * @return whether every call was answered
     */
    public boolean shutdown(Duration grace) throws InterruptedException {
        loop.execute(this::drain);
        boolean inTime = drained.await(grace.toNanos(), TimeUnit.NANOSECONDS);
        end();
        return inTime;
    }

    /** Ends the transport at once: open calls are cancelled. Idempotent. */
    @Override
    public void close() {
        try {
            end();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void end() throws InterruptedException {
        loop.execute(this::endNow);
        ended.await();
        loop.join();
        timer.close();
    }

    private ConnectionId nextId() {
        return new ConnectionId(lastConnection.incrementAndGet());
    }

    private void open(UnixListener listener) {
        if (draining) {
            listener.close();
            return;
        }
        var acceptor =
                new Acceptor(loop, listener, this::hasRoom, socket -> open(nextId(), socket));
        acceptors.add(acceptor);
        acceptor.open();
    }

    private boolean hasRoom() {
        return connections.size() < options.maxConnections();
    }

    private void open(ConnectionId id, UnixSocket socket) {
        if (draining || connections.containsKey(id)) {
            socket.close();
            return;
        }
        if (!isAdmitted(socket) || !begin(id, socket)) {
            socket.close();
            options.onEnd().accept(id);
        }
    }

    private boolean begin(ConnectionId id, UnixSocket socket) {
        try {
            boolean readBefore = socket.peekOffset() >= 0;
            var journal = options.journal().open(id, readBefore);
            boolean begun = canGoOn(id, socket, journal, readBefore) && begin(id, socket, journal);
            if (!begun) {
                journal.closed();
            }
            return begun;
        } catch (LinuxException e) {
            LOGGER.log(Level.WARNING, "cannot serve a connection: {0}", e.getMessage());
            return false;
        }
    }

    /** What an earlier life has left to do is not done if no answer can reach the peer any more. */
    private static boolean canGoOn(
            ConnectionId id, UnixSocket socket, ConnectionJournal journal, boolean readBefore) {
        if (!journal.isWhole()) {
            LOGGER.log(
                    Level.WARNING,
                    "closing connection {0}: it is not known where the last daemon has left it",
                    id);
            return false;
        }
        return !readBefore || !socket.descriptor().isReady(Epoll.PEER_CLOSED);
    }

    private boolean begin(ConnectionId id, UnixSocket socket, ConnectionJournal journal) {
        try {
            chunk.settle(journal, socket);
            socket.sendBuffer(options.sendBufferBytes());
            var connection =
                    new Connection(
                            id, loop, socket, journal, chunk, buffers, config, timer, keeper);
            connection.open();
            connections.put(id, connection);
            return true;
        } catch (LinuxException | ProtocolException e) {
            LOGGER.log(Level.WARNING, "cannot serve connection {0}: {1}", id, e.getMessage());
            return false;
        }
    }

    private boolean isAdmitted(UnixSocket socket) {
        try {
            var peer = socket.peer();
            boolean admitted = options.peers().admits(peer);
            if (!admitted) {
                LOGGER.log(Level.WARNING, "refusing a connection of {0}", peer);
            }
            return admitted;
        } catch (LinuxException e) {
            LOGGER.log(Level.WARNING, "refusing a connection of nobody: {0}", e.getMessage());
            return false;
        }
    }

    private void closeAcceptors() {
        acceptors.forEach(Acceptor::close);
    }

    private void drain() {
        draining = true;
        closeAcceptors();
        connections.values().forEach(TtrpcTransport::closeIfIdle);
        tellIfDrained();
    }

    private void tellIfDrained() {
        if (draining && connections.isEmpty()) {
            drained.countDown();
        }
    }

    private static void closeIfIdle(Connection connection) {
        if (connection.isIdle()) {
            connection.close();
        }
    }

    private void endNow() {
        draining = true;
        closeAcceptors();
        connections.values().forEach(Connection::close);
        tellIfDrained();
        loop.stop();
        ended.countDown();
    }

    /** What a connection tells. */
    private final class Keeper implements Connection.Owner {
        @Override
        public void quiet(Connection connection) {
            if (draining) {
                loop.execute(() -> closeIfIdle(connection));
            }
        }

        @Override
        public void closed(Connection connection) {
            connections.remove(connection.id());
            // There may be room now for one that waits.
            loop.execute(() -> acceptors.forEach(Acceptor::proceed));
            tellIfDrained();
        }

        @Override
        public void ended(Connection connection) {
            options.onEnd().accept(connection.id());
        }
    }
}
