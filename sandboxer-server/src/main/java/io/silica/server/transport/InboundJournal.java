// SPDX-License-Identifier: Apache-2.0
package io.silica.server.transport;

import io.silica.ttrpc.ConnectionId;

/**
 * Keeps what was read from connections between the moment that the kernel still has it and the
 * moment that its answer is sent, so that the next life of a daemon can go on. Nothing here blocks.
 */
public interface InboundJournal {
    /** Keeps nothing. */
    InboundJournal NONE = (_, readBefore) -> new NoJournal(!readBefore);

    /**
     * Begins to keep a connection, or goes on. The loop's thread.
     *
     * @param readBefore whether an earlier life has read from it: if it is not known all the same,
     *     it is not whole
     */
    ConnectionJournal open(ConnectionId connection, boolean readBefore);
}
