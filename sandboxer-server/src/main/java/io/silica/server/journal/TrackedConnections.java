// SPDX-License-Identifier: Apache-2.0
package io.silica.server.journal;

import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The connections that a journal keeps. Not thread safe. */
final class TrackedConnections {
    private final Map<Long, TrackedConnection> byId = new HashMap<>();
    private final Ledger ledger = new Ledger();

    /**
     * Those that a half tells of, which is continued behind its last record.
     *
     * @throws DamagedJournalException if it tells what cannot be
     */
    static TrackedConnections of(Half half) throws DamagedJournalException {
        var connections = new TrackedConnections();
        var records = half.records();
        while (records.next()) {
            connections.replay(records);
        }
        half.continueAfter(records);
        return connections;
    }

    /** What they cost together. */
    Ledger ledger() {
        return ledger;
    }

    @Nullable TrackedConnection find(long id) {
        return byId.get(id);
    }

    Collection<TrackedConnection> all() {
        return byId.values();
    }

    /** Keeps another one, whose record is there. */
    TrackedConnection begin(long id, int lastStreamId, int toSkip, int record) {
        var connection = new TrackedConnection(id, lastStreamId, toSkip, record, ledger);
        byId.put(id, connection);
        return connection;
    }

    void end(TrackedConnection connection) {
        byId.remove(connection.id());
        connection.end();
    }

    /** Writes what still matters of each to another half, which is where it stands from now on. */
    void move(Half from, Half to) {
        byId.values().forEach(connection -> connection.move(from, to));
    }

    /** Does what a record says was done. */
    private void replay(RecordReader record) throws DamagedJournalException {
        var connection = find(record.connection());
        boolean begins = record.kind() == RecordKind.CONNECTION;
        record.require(begins == (connection == null), "is about a connection that is not kept");
        if (connection == null) {
            begin(record.connection(), record.stream(), record.toSkip(), record.offset());
            return;
        }
        switch (record.kind()) {
            case CONNECTION -> {}
            case CLOSED -> end(connection);
            case CHUNK -> {
                connection.take(record.payload(), record.payloadOffset(), record.time());
                connection.lastRead(record.offset());
            }
            case PARTIAL ->
                    connection.take(record.payload(), record.payloadOffset(), record.time());
            case REQUEST -> replayRequest(connection, record);
            case ANSWERED ->
                    record.require(
                            connection.answer(record.stream()), "answers what nobody has asked");
        }
    }

    private static void replayRequest(TrackedConnection connection, RecordReader record)
            throws DamagedJournalException {
        var frame = record.payload();
        record.require(OpenRequest.isFrameOf(record.stream(), frame), "holds no whole request");
        connection.takeRequest(
                record.stream(), record.time(), record.payloadOffset(), frame.remaining());
    }
}
