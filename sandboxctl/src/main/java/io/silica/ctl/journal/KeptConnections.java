// SPDX-License-Identifier: Apache-2.0
package io.silica.ctl.journal;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** The connections that a half tells of. Not thread safe. */
final class KeptConnections {
    private final Map<Long, KeptConnection> byId = new TreeMap<>();

    /** Does what a record says was done. */
    void replay(RecordCursor record) throws Damage {
        long id = record.connection();
        var connection = byId.get(id);
        boolean begins = record.kind() == RecordKind.CONNECTION;
        record.require(begins == (connection == null), "is about a connection that is not kept");
        if (connection == null) {
            byId.put(id, new KeptConnection(record));
            return;
        }
        switch (record.kind()) {
            case CONNECTION -> {}
            case CLOSED -> byId.remove(id);
            case CHUNK -> connection.takeChunk(record);
            case PARTIAL -> connection.take(record);
            case REQUEST -> connection.takeRequest(record);
            case ANSWERED ->
                    record.require(
                            connection.answer(record.stream()), "answers what nobody has asked");
        }
    }

    /** What all of them take of a half until they are done with. */
    long cost() {
        return byId.values().stream().mapToLong(KeptConnection::cost).sum();
    }

    List<ConnectionReport> report() {
        return byId.values().stream().map(KeptConnection::report).toList();
    }
}
