// SPDX-License-Identifier: Apache-2.0
package io.silica.benchmarks.ttrpc;

import io.silica.server.journal.Journal;
import io.silica.server.transport.ConnectionJournal;
import io.silica.ttrpc.ConnectionId;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;

/** What a transport has the journal do for a request of 200 bytes, and nothing else. */
final class JournalWork {
    private static final int PAYLOAD_BYTES = 200;
    private static final int HEADER_BYTES = 10;
    private static final int STREAM_ID = 4;
    private static final byte REQUEST = 1;

    private final Journal journal;
    private final ByteBuffer frame =
            ByteBuffer.allocate(HEADER_BYTES + PAYLOAD_BYTES)
                    .putInt(PAYLOAD_BYTES)
                    .putInt(0)
                    .put(REQUEST)
                    .rewind();
    private int connections;

    JournalWork(Journal journal) {
        this.journal = journal;
    }

    /** Makes connections of which each has a request that is not answered. */
    void leaveOpen(int requests) {
        for (int i = 0; i < requests; i++) {
            arrive(connect(), 1);
        }
    }

    /** How long it takes for each of many requests of one connection, one after the other. */
    List<Duration> times(int requests) {
        var connection = connect();
        long[] nanos = new long[requests];
        for (int i = 0; i < requests; i++) {
            int stream = 2 * i + 1;
            long begun = System.nanoTime();
            arrive(connection, stream);
            connection.answered(stream);
            nanos[i] = System.nanoTime() - begun;
        }
        connection.closed();
        return durations(nanos);
    }

    /** How long it takes to see how long something takes. */
    static List<Duration> timesOfNothing(int requests) {
        long[] nanos = new long[requests];
        for (int i = 0; i < requests; i++) {
            long begun = System.nanoTime();
            nanos[i] = System.nanoTime() - begun;
        }
        return durations(nanos);
    }

    private ConnectionJournal connect() {
        return journal.open(new ConnectionId(++connections), false);
    }

    private void arrive(ConnectionJournal connection, int stream) {
        frame.putInt(STREAM_ID, stream);
        if (connection.fit(frame, () -> {}) < frame.remaining()) {
            throw new IllegalStateException("the journal is full");
        }
        connection.append(frame);
        connection.consumed();
    }

    private static List<Duration> durations(long[] nanos) {
        return Arrays.stream(nanos).mapToObj(Duration::ofNanos).toList();
    }
}
