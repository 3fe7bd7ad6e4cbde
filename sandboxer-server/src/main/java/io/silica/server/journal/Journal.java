// SPDX-License-Identifier: Apache-2.0
package io.silica.server.journal;

import io.silica.linux.BootClock;
import io.silica.server.transport.ConnectionJournal;
import io.silica.server.transport.InboundJournal;
import io.silica.ttrpc.Backlog;
import io.silica.ttrpc.ConnectionId;
import io.silica.ttrpc.FrameScanner;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Keeps what came by the connections of a transport until it is answered. Any thread may call any
 * method; none blocks for longer than it takes to copy what still matters to the other half, which
 * happens when the one in use has filled up.
 *
 * <p>Room: what is let in costs what {@link TrackedConnection} says. Beyond half of the capacity
 * {@link #hasRoomForMore} says no, so that no further container is made; beyond five eighths no
 * frame is let in that has not come whole; beyond three quarters none at all. So what is let in can
 * be written, and each turn to the other half frees a quarter at least.
 */
public final class Journal implements InboundJournal, AutoCloseable {
    /** Until a half has so many bytes it is cheaper to go on, for the processor's cache too. */
    private static final int SMALL = 1 << 20;

    /** How many times as large as what mattered at its beginning a half grows. */
    private static final int GROWTH = 4;

    private final JournalFile file;
    private final TrackedConnections connections;
    private final Ledger ledger;
    private final BootClock clock = new BootClock();
    private final FrameScanner trial = new FrameScanner(0, 0);
    private final TrackedConnection.Room room = this::allows;
    private final List<Runnable> waiting = new ArrayList<>();
    private JournalOwner owner;
    private Half half;
    private int enough = SMALL;
    private int turns;
    private long replayed;
    private long lost;
    private boolean closed;

    Journal(JournalFile file, TrackedConnections connections, JournalOwner owner) {
        this.file = file;
        this.connections = connections;
        this.ledger = connections.ledger();
        this.owner = owner;
        this.half = file.half();
    }

    @Override
    public synchronized ConnectionJournal open(ConnectionId connection, boolean readBefore) {
        long id = connection.value();
        var tracked = connections.find(id);
        boolean isWhole = tracked == null ? !readBefore : !isSentInPart(tracked);
        lost += isWhole ? 0 : 1;
        return new Kept(id, tracked == null ? begin(id) : tracked, isWhole);
    }

    /** Forgets all connections but these: nobody holds them any more. */
    public synchronized void keepOnly(Set<ConnectionId> held) {
        connections.all().stream()
                .filter(connection -> !held.contains(new ConnectionId(connection.id())))
                .toList()
                .forEach(this::end);
    }

    /** The connections that it tells of are held by somebody else from now on. */
    public synchronized void passTo(JournalOwner other) {
        owner = other;
        turn();
    }

    /** Whether there is room for a container more and all that will be asked about it. */
    public synchronized boolean hasRoomForMore() {
        return ledger.cost() <= half.capacity() / 2;
    }

    /** How many bytes are taken by what still matters. */
    public synchronized long bytes() {
        return ledger.cost();
    }

    /** How many bytes there are for it, in one half. */
    public synchronized long capacity() {
        return half.capacity();
    }

    /** How many times the other half was turned to. */
    public synchronized int turns() {
        return turns;
    }

    /** How many requests of an earlier life were given back to be answered. */
    public synchronized long replayed() {
        return replayed;
    }

    /** How many connections could not be gone on with, because of what an earlier life did. */
    public synchronized long lost() {
        return lost;
    }

    /** What it tells stays in the file. */
    @Override
    public synchronized void close() {
        if (!closed) {
            closed = true;
            file.close();
        }
    }

    private boolean allows(int cost, boolean whole) {
        long capacity = half.capacity();
        return ledger.cost() + cost <= (whole ? capacity / 4 * 3 : capacity / 8 * 5);
    }

    private boolean isSentInPart(TrackedConnection connection) {
        return half.isMarked(connection.record(), RecordLayout.SENT_IN_PART);
    }

    /** Null if there is no room even for the connection itself. */
    private @Nullable TrackedConnection begin(long connection) {
        if (closed || !makeRoom(2 * RecordLayout.size(0))) {
            return null;
        }
        int record = half.commit(RecordKind.CONNECTION, connection, 0, 0, 0, true, false);
        return connections.begin(connection, 0, 0, record);
    }

    private void append(TrackedConnection connection, ByteBuffer chunk) {
        int answers = connection.countCalls(chunk, trial) * RecordLayout.size(0);
        if (!makeRoom(RecordLayout.size(chunk.remaining()) + answers)) {
            throw new IllegalStateException(
                    "no room in the journal for %d bytes that were let in"
                            .formatted(chunk.remaining()));
        }
        long now = clock.nanos();
        half.put(chunk);
        int record = half.commit(RecordKind.CHUNK, connection.id(), now, 0, 0, false, false);
        connection.take(chunk, record + RecordLayout.HEAD_BYTES, now);
        connection.lastRead(record);
    }

    private void end(TrackedConnection connection) {
        connections.end(connection);
        half.commit(RecordKind.CLOSED, connection.id(), 0, 0, 0, false, false);
    }

    /** Whether there is room beside what is owed, if need be in the other half. */
    private boolean makeRoom(int bytes) {
        if (half.used() > enough || !isRoom(bytes)) {
            turn();
        }
        return isRoom(bytes);
    }

    private boolean isRoom(int bytes) {
        return bytes + ledger.owedBytes() <= half.room();
    }

    private void turn() {
        var other = file.beginOther(owner);
        connections.move(half, other);
        file.turn();
        half = other;
        enough = Math.max(SMALL, GROWTH * half.used());
        turns++;
    }

    /** Those who wait for room, if there may be some for them now. */
    private List<Runnable> awaken() {
        if (waiting.isEmpty()) {
            return List.of();
        }
        var awakened = List.copyOf(waiting);
        waiting.clear();
        return awakened;
    }

    /** What is kept of one connection. */
    private final class Kept implements ConnectionJournal {
        private final long id;
        private final boolean isWhole;
        private @Nullable TrackedConnection tracked;

        private Kept(long id, @Nullable TrackedConnection tracked, boolean isWhole) {
            this.id = id;
            this.tracked = tracked;
            this.isWhole = isWhole;
        }

        @Override
        public boolean isWhole() {
            return isWhole;
        }

        @Override
        public Backlog backlog() {
            synchronized (Journal.this) {
                if (tracked == null || closed) {
                    return Backlog.NONE;
                }
                replayed += tracked.openRequests();
                return tracked.backlog(half, clock.nanos());
            }
        }

        @Override
        public boolean isConsumed() {
            synchronized (Journal.this) {
                return tracked == null
                        || closed
                        || half.isMarked(tracked.lastRead(), RecordLayout.CONSUMED);
            }
        }

        @Override
        public int fit(ByteBuffer chunk, Runnable whenRoom) {
            synchronized (Journal.this) {
                int fitting = fit(chunk);
                if (fitting < chunk.remaining()) {
                    waiting.add(whenRoom);
                }
                return fitting;
            }
        }

        private int fit(ByteBuffer chunk) {
            if (tracked == null) {
                tracked = begin(id);
            }
            return tracked == null ? 0 : tracked.fit(chunk, trial, room);
        }

        @Override
        public void append(ByteBuffer chunk) {
            synchronized (Journal.this) {
                if (tracked == null || closed) {
                    throw new IllegalStateException("connection %d is not kept".formatted(id));
                }
                Journal.this.append(tracked, chunk);
            }
        }

        @Override
        public void consumed() {
            synchronized (Journal.this) {
                if (tracked != null && !closed) {
                    half.mark(tracked.lastRead(), RecordLayout.CONSUMED, true);
                }
            }
        }

        @Override
        public void sentInPart(boolean inPart) {
            synchronized (Journal.this) {
                if (tracked != null && !closed) {
                    half.mark(tracked.record(), RecordLayout.SENT_IN_PART, inPart);
                }
            }
        }

        @Override
        public void answered(int streamId) {
            forget(streamId).forEach(Runnable::run);
        }

        private List<Runnable> forget(int streamId) {
            synchronized (Journal.this) {
                if (tracked == null || closed || !tracked.answer(streamId)) {
                    return List.of();
                }
                half.commit(RecordKind.ANSWERED, id, clock.nanos(), streamId, 0, false, false);
                return awaken();
            }
        }

        @Override
        public void closed() {
            endOnce().forEach(Runnable::run);
        }

        private List<Runnable> endOnce() {
            synchronized (Journal.this) {
                if (tracked == null || closed) {
                    return List.of();
                }
                end(tracked);
                tracked = null;
                return awaken();
            }
        }
    }
}
