// SPDX-License-Identifier: Apache-2.0
package io.silica.server;

import io.silica.server.task.Operations;
import io.silica.server.transport.ConnectionJournal;
import io.silica.server.transport.InboundJournal;
import io.silica.ttrpc.Backlog;
import io.silica.ttrpc.ConnectionId;
import java.nio.ByteBuffer;

/**
 * A journal beside which operations hear what it needs to keep no longer.
 *
 * @param kept the journal
 * @param operations end when their answers have been sent
 */
record OperationJournal(InboundJournal kept, Operations operations) implements InboundJournal {
    @Override
    public ConnectionJournal open(ConnectionId connection, boolean readBefore) {
        return new OfConnection(kept.open(connection, readBefore), connection, operations);
    }

    private record OfConnection(
            ConnectionJournal kept, ConnectionId connection, Operations operations)
            implements ConnectionJournal {
        @Override
        public boolean isWhole() {
            return kept.isWhole();
        }

        @Override
        public Backlog backlog() {
            return kept.backlog();
        }

        @Override
        public boolean isConsumed() {
            return kept.isConsumed();
        }

        @Override
        public int fit(ByteBuffer chunk, Runnable whenRoom) {
            return kept.fit(chunk, whenRoom);
        }

        @Override
        public void append(ByteBuffer chunk) {
            kept.append(chunk);
        }

        @Override
        public void consumed() {
            kept.consumed();
        }

        @Override
        public void sentInPart(boolean inPart) {
            kept.sentInPart(inPart);
        }

        /** The journal first: what is over for us must not be begun again. */
        @Override
        public void answered(int streamId) {
            kept.answered(streamId);
            operations.answered(connection, streamId);
        }

        @Override
        public void closed() {
            kept.closed();
            operations.ended(connection);
        }
    }
}
