// SPDX-License-Identifier: Apache-2.0
package io.silica.server.transport;

import io.silica.ttrpc.Backlog;
import java.nio.ByteBuffer;

/**
 * What an {@link InboundJournal} keeps of one connection. The loop's thread, but for {@link
 * #answered} and {@link #sentInPart}, which are for any.
 */
public interface ConnectionJournal {
    /**
     * Whether all is known that it takes to go on: not if an earlier life has read what was not
     * kept, or has ended within an answer, so that neither end can tell where a frame begins.
     */
    boolean isWhole();

    /** What an earlier life has left to do. To be asked for once. */
    Backlog backlog();

    /** Whether it is known that the chunk appended last is no longer in the socket. */
    boolean isConsumed();

    /**
     * How much of what was peeked there is room for: all, or the whole frames at its beginning, or
     * nothing. For what is appended then there is room until it is answered.
     *
     * @param chunk read from its position on; not kept
     * @param whenRoom run once if it is not all, when there may be room for more; on any thread
     */
    int fit(ByteBuffer chunk, Runnable whenRoom);

    /**
     * Bytes were peeked, and are still in the socket.
     *
     * @param chunk fits; not kept after the return
     */
    void append(ByteBuffer chunk);

    /** What was appended last is no longer in the socket. */
    void consumed();

    /** An answer has been sent in part, or now whole. */
    void sentInPart(boolean inPart);

    /** The call on this stream has been answered, and the whole answer sent. */
    void answered(int streamId);

    /** The connection has come to its end: nothing that came by it matters any more. */
    void closed();
}
