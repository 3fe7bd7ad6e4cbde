// SPDX-License-Identifier: Apache-2.0
package io.silica.server.journal;

import io.silica.ttrpc.FrameScanner;
import java.nio.ByteBuffer;

/**
 * A request without an answer.
 *
 * @param stream unsigned
 * @param time when it came
 * @param frame where it stands
 */
record OpenRequest(int stream, long time, Pieces frame) {
    private static final int FRAME_HEADER_BYTES = FrameScanner.LEAST_FRAME_BYTES;

    /** Whether these bytes are one frame of that stream and as long as it says. */
    static boolean isFrameOf(int stream, ByteBuffer frame) {
        return frame.remaining() >= FRAME_HEADER_BYTES
                && frame.getInt(0) == frame.remaining() - FRAME_HEADER_BYTES
                && frame.getInt(4) == stream;
    }
}
