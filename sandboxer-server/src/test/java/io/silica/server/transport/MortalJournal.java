// SPDX-License-Identifier: Apache-2.0
package io.silica.server.transport;

import io.silica.server.transport.Death.Died;
import io.silica.server.transport.Death.Moment;
import io.silica.ttrpc.Backlog;
import io.silica.ttrpc.ConnectionId;
import java.nio.ByteBuffer;

/** A journal whose daemon dies at a chosen moment. */
final class MortalJournal implements InboundJournal {
    private final InboundJournal journal;
    private final Death death;

    MortalJournal(InboundJournal journal, Death death) {
        this.journal = journal;
        this.death = death;
    }

    @Override
    public ConnectionJournal open(ConnectionId connection, boolean readBefore) {
        if (death.hasCome()) {
            throw new Died();
        }
        return new Mortal(journal.open(connection, readBefore));
    }

    private final class Mortal implements ConnectionJournal {
        private final ConnectionJournal kept;

        private Mortal(ConnectionJournal kept) {
            this.kept = kept;
        }

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
            death.at(Moment.PEEKED);
            return kept.fit(chunk, whenRoom);
        }

        @Override
        public void append(ByteBuffer chunk) {
            kept.append(chunk);
            death.at(Moment.APPENDED);
        }

        @Override
        public void consumed() {
            death.at(Moment.CONSUMED);
            kept.consumed();
            death.at(Moment.MARKED);
        }

        @Override
        public void sentInPart(boolean inPart) {
            if (!death.hasCome()) {
                kept.sentInPart(inPart);
                if (inPart) {
                    death.passes(Moment.SENT_IN_PART);
                }
            }
        }

        @Override
        public void answered(int streamId) {
            if (death.passes(Moment.SENT)) {
                kept.answered(streamId);
                death.passes(Moment.FORGOTTEN);
            }
        }

        @Override
        public void closed() {
            if (!death.hasCome()) {
                kept.closed();
            }
        }
    }
}
