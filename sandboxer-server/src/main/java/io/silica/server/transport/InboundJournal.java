// SPDX-License-Identifier: Apache-2.0
package io.silica.server.transport;

import io.silica.ttrpc.ConnectionId;
import java.nio.ByteBuffer;

/**
 * Keeps what was read from a connection between the moment that the kernel still has it and the
 * moment that its effect can be seen. All methods run on the loop's thread and must not block.
 */
public interface InboundJournal {
    /** Records nothing. */
    InboundJournal NONE =
            new InboundJournal() {
                @Override
                public void append(ConnectionId connection, ByteBuffer chunk) {}

                @Override
                public void consumed(ConnectionId connection, int bytes) {}
            };

    /**
     * A chunk was peeked; it is still in the socket.
     *
     * @param chunk valid during the call only
     */
    void append(ConnectionId connection, ByteBuffer chunk);

    /** The chunk appended last is no longer in the socket. */
    void consumed(ConnectionId connection, int bytes);
}
