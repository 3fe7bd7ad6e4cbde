// SPDX-License-Identifier: Apache-2.0
package io.silica.ttrpc;

import java.nio.ByteBuffer;

/**
 * Where a {@link ServerConnection} puts what it has to say; the side of the engine that a transport
 * implements.
 */
public interface FrameSink {
    /**
     * Takes one whole frame, to be sent in the order taken. Any thread; never blocks; drops it if
     * the connection is gone.
     *
     * @param streamId of the call that the frame answers: once the peer has it, nobody waits for
     *     that call any more
     * @param frame remaining bytes are the frame; the sink's from now on
     */
    void send(int streamId, ByteBuffer frame);

    /** The same for a frame of a stream that goes on. */
    void sendPart(ByteBuffer frame);

    /**
     * Whether the peer takes what was sent before. While not, the engine leaves further requests
     * unread, and streams send nothing until {@link ServerConnection#room}. Any thread.
     */
    boolean writable();

    /**
     * {@link ServerConnection#receive} left bytes because calls were at their limit or the messages
     * of a stream were not taken, and that is over. Any thread.
     */
    void resume();

    /** No call is open any more; {@link ServerConnection#openCalls} is 0. Any thread. */
    void idle();
}
