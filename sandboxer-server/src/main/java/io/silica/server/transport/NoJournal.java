// SPDX-License-Identifier: Apache-2.0
package io.silica.server.transport;

import io.silica.ttrpc.Backlog;
import java.nio.ByteBuffer;

/**
 * Keeps nothing of a connection.
 *
 * @param isWhole whether nothing was read from it before
 */
record NoJournal(boolean isWhole) implements ConnectionJournal {
    @Override
    public Backlog backlog() {
        return Backlog.NONE;
    }

    @Override
    public boolean isConsumed() {
        return true;
    }

    @Override
    public int fit(ByteBuffer chunk, Runnable whenRoom) {
        return chunk.remaining();
    }

    @Override
    public void append(ByteBuffer chunk) {}

    @Override
    public void consumed() {}

    @Override
    public void sentInPart(boolean inPart) {}

    @Override
    public void answered(int streamId) {}

    @Override
    public void closed() {}
}
