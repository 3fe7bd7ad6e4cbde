// SPDX-License-Identifier: Apache-2.0
package io.silica.ttrpc;

import io.silica.ttrpc.wire.Request;
import java.nio.ByteBuffer;

/** Whole request frames, header and all, ready to be sent. */
final class RequestFrame {
    private static final int STREAM_ID_OFFSET = 4;

    private RequestFrame() {}

    /**
     * A request whose stream id is not known yet.
     *
     * @throws TtrpcException RESOURCE_EXHAUSTED if it does not fit into a frame
     */
    static ByteBuffer of(Request request) {
        int payloadBytes = request.getSerializedSize();
        if (payloadBytes > Frame.MAX_PAYLOAD_BYTES) {
            throw Inbound.oversized(payloadBytes).asException();
        }
        var frame = ByteBuffer.allocate(Frame.HEADER_BYTES + payloadBytes);
        Frame.putHeader(frame, payloadBytes, 0, FrameType.REQUEST);
        return frame.put(request.toByteArray()).flip();
    }

    static ByteBuffer withStreamId(ByteBuffer frame, int streamId) {
        return frame.putInt(STREAM_ID_OFFSET, streamId);
    }
}
