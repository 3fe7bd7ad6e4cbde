// SPDX-License-Identifier: Apache-2.0
package io.silica.ttrpc;

import com.google.protobuf.ByteString;
import com.google.protobuf.MessageLite;
import io.silica.ttrpc.wire.Request;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/** Whole request frames, header and all, ready to be sent. */
final class RequestFrame {
    private static final int STREAM_ID_OFFSET = 4;

    private RequestFrame() {}

    /**
     * A request whose stream id is not known yet.
     *
     * @param message null if the messages come later
     * @throws TtrpcException RESOURCE_EXHAUSTED if it does not fit into a frame
     */
    static ByteBuffer of(
            String service,
            String method,
            @Nullable MessageLite message,
            CallOptions options,
            Deadline deadline,
            int flags) {
        var request =
                Request.newBuilder()
                        .setService(service)
                        .setMethod(method)
                        .setPayload(message == null ? ByteString.EMPTY : message.toByteString())
                        .addAllMetadata(options.metadata().toWire());
        if (deadline.exists()) {
            // Zero would mean no deadline at all.
            request.setTimeoutNano(Math.max(1, deadline.remainingNanos()));
        }
        return of(request.build(), flags);
    }

    private static ByteBuffer of(Request request, int flags) {
        int payloadBytes = request.getSerializedSize();
        if (payloadBytes > Frame.MAX_PAYLOAD_BYTES) {
            throw Inbound.oversized(payloadBytes).asException();
        }
        var frame = ByteBuffer.allocate(Frame.HEADER_BYTES + payloadBytes);
        Frame.putHeader(frame, payloadBytes, 0, FrameType.REQUEST, flags);
        return frame.put(request.toByteArray()).flip();
    }

    static ByteBuffer withStreamId(ByteBuffer frame, int streamId) {
        return frame.putInt(STREAM_ID_OFFSET, streamId);
    }
}
