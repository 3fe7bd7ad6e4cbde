// SPDX-License-Identifier: Apache-2.0
package io.silica.ttrpc;

import com.google.protobuf.CodedOutputStream;
import com.google.protobuf.MessageLite;
import com.google.protobuf.WireFormat;
import io.silica.ttrpc.wire.Response;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;

/** Whole response frames, header and all, ready to be sent. */
final class ResponseFrame {
    private ResponseFrame() {}

    /**
     * A response that succeeded. The message is written into the frame itself, once.
     *
     * @throws TtrpcException RESOURCE_EXHAUSTED if it does not fit into a frame
     */
    static ByteBuffer of(int streamId, MessageLite message) {
        int messageBytes = message.getSerializedSize();
        // An empty message is an absent field, as in any proto3 encoding.
        int payloadBytes = messageBytes == 0 ? 0 : fieldBytes(messageBytes);
        if (payloadBytes > Frame.MAX_PAYLOAD_BYTES) {
            throw Inbound.oversized(payloadBytes).asException();
        }
        var frame = begin(streamId, payloadBytes);
        if (messageBytes > 0) {
            writeField(frame, message, messageBytes);
        }
        return ByteBuffer.wrap(frame);
    }

    /** A response that failed. */
    static ByteBuffer of(int streamId, TtrpcStatus status) {
        var response = Response.newBuilder().setStatus(status.toWire()).build();
        int payloadBytes = response.getSerializedSize();
        if (payloadBytes > Frame.MAX_PAYLOAD_BYTES) {
            return of(streamId, Inbound.oversized(payloadBytes));
        }
        var frame = begin(streamId, payloadBytes);
        System.arraycopy(response.toByteArray(), 0, frame, Frame.HEADER_BYTES, payloadBytes);
        return ByteBuffer.wrap(frame);
    }

    private static int fieldBytes(int messageBytes) {
        return CodedOutputStream.computeTagSize(Response.PAYLOAD_FIELD_NUMBER)
                + CodedOutputStream.computeUInt32SizeNoTag(messageBytes)
                + messageBytes;
    }

    private static byte[] begin(int streamId, int payloadBytes) {
        var frame = new byte[Frame.HEADER_BYTES + payloadBytes];
        Frame.putHeader(ByteBuffer.wrap(frame), payloadBytes, streamId, FrameType.RESPONSE, 0);
        return frame;
    }

    private static void writeField(byte[] frame, MessageLite message, int messageBytes) {
        var output =
                CodedOutputStream.newInstance(
                        frame, Frame.HEADER_BYTES, frame.length - Frame.HEADER_BYTES);
        try {
            output.writeTag(Response.PAYLOAD_FIELD_NUMBER, WireFormat.WIRETYPE_LENGTH_DELIMITED);
            output.writeUInt32NoTag(messageBytes);
            message.writeTo(output);
            output.checkNoSpaceLeft();
        } catch (IOException e) {
            throw new UncheckedIOException("an array of the computed size was too small", e);
        }
    }
}
