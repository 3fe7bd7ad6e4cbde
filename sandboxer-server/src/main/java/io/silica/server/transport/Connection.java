// SPDX-License-Identifier: Apache-2.0
package io.silica.server.transport;

import io.silica.linux.Descriptor;
import io.silica.linux.Epoll;
import io.silica.linux.LinuxException;
import io.silica.linux.UnixSocket;
import io.silica.ttrpc.CallTimer;
import io.silica.ttrpc.ConnectionId;
import io.silica.ttrpc.FrameSink;
import io.silica.ttrpc.ProtocolException;
import io.silica.ttrpc.ServerConfig;
import io.silica.ttrpc.ServerConnection;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.ByteBuffer;

/**
 * One accepted connection on the loop: peeks, journals and consumes what arrives, and drives the
 * protocol with it.
 *
 * <p>All state is the loop's thread's; the methods of {@link FrameSink} and {@link #isIdle} are for
 * any thread.
 */
final class Connection implements EpollLoop.Source, FrameSink, Outbox.Events {
    private static final Logger LOGGER = System.getLogger(Connection.class.getName());

    /** How many chunks are read before it is another connection's turn. */
    private static final int CHUNKS_PER_TURN = 4;

    private static final ByteBuffer NOTHING = ByteBuffer.allocate(0);

    private static final int HANG_UP = Epoll.PEER_CLOSED | Epoll.HANG_UP | Epoll.ERROR;

    private final EpollLoop loop;
    private final UnixSocket socket;
    private final ConnectionJournal journal;
    private final Chunk chunk;
    private final Outbox outbox;
    private final ServerConnection protocol;
    private final Owner owner;
    private ByteBuffer leftover = NOTHING;
    private boolean readable;
    private boolean hungUp;
    private boolean closed;
    private long token;
    private volatile boolean busy;

    /** Whoever keeps the connections. */
    interface Owner {
        /** {@link #isIdle} may have become true. Any thread. */
        void quiet(Connection connection);

        /** It is closed. The loop's thread. */
        void closed(Connection connection);

        /**
         * It is closed because it has come to its end: its peer is gone, or has sent what is not
         * ttrpc. The loop's thread.
         */
        void ended(Connection connection);
    }

    Connection(
            ConnectionId id,
            EpollLoop loop,
            UnixSocket socket,
            ConnectionJournal journal,
            Chunk chunk,
            NativeBuffers buffers,
            ServerConfig config,
            CallTimer timer,
            Owner owner) {
        this.loop = loop;
        this.socket = socket;
        this.journal = journal;
        this.chunk = chunk;
        this.owner = owner;
        this.outbox = new Outbox(socket, buffers, config.limits().unsentBytes(), this);
        this.protocol = new ServerConnection(id, config, this, timer, journal.backlog());
    }

    void open() {
        token = loop.add(this);
        if (protocol.isBehind()) {
            resume();
        }
    }

    ConnectionId id() {
        return protocol.id();
    }

    UnixSocket socket() {
        return socket;
    }

    /** Whether nothing is asked that is not answered, and nothing answered that is not sent. */
    boolean isIdle() {
        return !busy && protocol.openCalls() == 0 && outbox.isEmpty();
    }

    @Override
    public Descriptor descriptor() {
        return socket.descriptor();
    }

    @Override
    public void ready(int events) {
        if ((events & Epoll.WRITABLE) != 0) {
            loop.awaitRoom(this, token, false);
            outbox.writable();
        }
        hungUp |= (events & HANG_UP) != 0;
        readable |= (events & (Epoll.READABLE | HANG_UP)) != 0;
        proceed();
    }

    @Override
    public void send(int streamId, ByteBuffer frame) {
        outbox.add(streamId, frame);
    }

    @Override
    public void sendPart(ByteBuffer frame) {
        outbox.add(Outbox.NO_CALL, frame);
    }

    @Override
    public boolean writable() {
        return outbox.hasRoom();
    }

    @Override
    public void resume() {
        loop.execute(this::proceed);
    }

    @Override
    public void full() {
        loop.awaitRoom(this, token, true);
    }

    @Override
    public void idle() {
        quiet();
    }

    @Override
    public void room() {
        protocol.room();
        resume();
    }

    @Override
    public void sent(int streamId) {
        if (streamId != Outbox.NO_CALL) {
            journal.answered(streamId);
        }
    }

    @Override
    public void sentInPart(boolean inPart) {
        journal.sentInPart(inPart);
    }

    @Override
    public void empty() {
        quiet();
    }

    @Override
    public void failed(LinuxException cause) {
        LOGGER.log(Level.DEBUG, "connection {0} ended: {1}", id(), cause.getMessage());
        loop.execute(this::end);
    }

    /** Closes our side at once and cancels its calls. The loop's thread; idempotent. */
    void close() {
        if (closed) {
            return;
        }
        closed = true;
        loop.remove(token);
        outbox.close();
        socket.close();
        owner.closed(this);
        protocol.closed();
    }

    private void end() {
        if (!closed) {
            close();
            journal.closed();
            owner.ended(this);
        }
    }

    private void quiet() {
        if (protocol.isOver()) {
            loop.execute(this::endIfIdle);
        }
        owner.quiet(this);
    }

    private void endIfIdle() {
        if (isIdle()) {
            end();
        }
    }

    private void proceed() {
        if (closed) {
            return;
        }
        busy = true;
        boolean held = outbox.hold();
        try {
            read();
        } catch (ProtocolException e) {
            LOGGER.log(Level.WARNING, "closing connection {0}: {1}", id(), e.getMessage());
            end();
        } catch (LinuxException e) {
            failed(e);
        } catch (RuntimeException | Error e) {
            end();
            throw e;
        } finally {
            if (held) {
                outbox.release();
            }
            busy = false;
            quiet();
        }
    }

    private void read() throws ProtocolException {
        for (int i = 0; i < CHUNKS_PER_TURN; i++) {
            if (!giveLeftover() || !readable) {
                return;
            }
            var bytes = chunk.read(journal, socket, this::roomInJournal);
            if (bytes == null) {
                end();
                return;
            }
            // The end of the stream still has to be read.
            readable = !chunk.isHeldBack() && (!chunk.isAll() || (hungUp && bytes.hasRemaining()));
            boolean pointless = chunk.isHeldBack() && hungUp;
            give(bytes);
            if (pointless) {
                end();
                return;
            }
        }
        resume();
    }

    private void roomInJournal() {
        loop.execute(() -> {
            readable = true;
            proceed();
        });
    }

    /**
     * Returns whether the protocol has taken all that was read. If it has not and the peer is gone,
     * that is the end.
     */
    private boolean giveLeftover() throws ProtocolException {
        if (leftover.hasRemaining() || protocol.isBehind()) {
            protocol.receive(leftover);
        }
        if (!leftover.hasRemaining() && !protocol.isBehind()) {
            leftover = NOTHING;
            return true;
        }
        if (hungUp) {
            end();
        }
        return false;
    }

    private void give(ByteBuffer bytes) throws ProtocolException {
        protocol.receive(bytes);
        if (bytes.hasRemaining()) {
            leftover = ByteBuffer.allocate(bytes.remaining()).put(bytes).flip();
        }
    }
}
