// SPDX-License-Identifier: Apache-2.0
package io.silica.ttrpc;

import java.nio.ByteBuffer;

/**
 * One frame as it came in.
 *
 * <p>The header on the wire has ten bytes, big endian: length of the payload (4), stream id (4),
 * type (1), flags (1). Source: PROTOCOL.md of github.com/containerd/ttrpc.
 *
 * @param streamId unsigned
 * @param payload valid until the decoder is asked for the next frame
 */
record Frame(int streamId, FrameType type, int flags, ByteBuffer payload) implements Inbound {
    static final int HEADER_BYTES = 10;

    /** The largest payload that either side may send. */
    static final int MAX_PAYLOAD_BYTES = 4 << 20;

    /** The sender will send no more data on this stream. */
    static final int REMOTE_CLOSED = 1;

    /** The sender will send data on this stream. */
    static final int REMOTE_OPEN = 2;

    /** There is no message in this frame, not even an empty one. */
    static final int NO_DATA = 4;

    /** Reads one whole frame, without copying its payload. */
    static Frame decode(ByteBuffer frame) {
        return decode(frame, frame.slice(HEADER_BYTES, frame.remaining() - HEADER_BYTES));
    }

    /** Reads a header that stands at the beginning of {@code header}. */
    static Frame decode(ByteBuffer header, ByteBuffer payload) {
        return new Frame(
                header.getInt(4), FrameType.ofNumber(header.get(8)), header.get(9) & 0xff, payload);
    }

    /** Puts a header at {@code target}'s position. */
    static void putHeader(
            ByteBuffer target, int payloadBytes, int streamId, FrameType type, int flags) {
        target.putInt(payloadBytes).putInt(streamId).put(type.number()).put((byte) flags);
    }

    boolean has(int flag) {
        return (flags & flag) != 0;
    }
}
