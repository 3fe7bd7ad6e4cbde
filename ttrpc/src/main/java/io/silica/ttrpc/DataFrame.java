// SPDX-License-Identifier: Apache-2.0
package io.silica.ttrpc;

import com.google.protobuf.CodedOutputStream;
import com.google.protobuf.MessageLite;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/** Whole data frames, header and all, ready to be sent; and what is wrong with those that came. */
final class DataFrame {
    private DataFrame() {}

    /**
     * One message. The message is written into the frame itself, once.
     *
     * @throws TtrpcException RESOURCE_EXHAUSTED if it does not fit into a frame
     */
    static ByteBuffer of(int streamId, MessageLite message) {
        int bytes = message.getSerializedSize();
        if (bytes > Frame.MAX_PAYLOAD_BYTES) {
            throw Inbound.oversized(bytes).asException();
        }
        var frame = begin(streamId, bytes, 0);
        write(frame, message);
        return ByteBuffer.wrap(frame);
    }

    /** The end of what this side sends. Go's server wants it apart from the last message. */
    static ByteBuffer end(int streamId) {
        return ByteBuffer.wrap(begin(streamId, 0, Frame.REMOTE_CLOSED | Frame.NO_DATA));
    }

    /** What the flags of a data frame say against each other or its payload; null if nothing. */
    static @Nullable String contradiction(Frame frame) {
        if (frame.has(Frame.REMOTE_OPEN) && frame.has(Frame.REMOTE_CLOSED)) {
            return "a data frame cannot both open and close its stream";
        }
        return frame.has(Frame.NO_DATA) && frame.payload().hasRemaining()
                ? "a data frame without data cannot have a payload"
                : null;
    }

    private static byte[] begin(int streamId, int bytes, int flags) {
        var frame = new byte[Frame.HEADER_BYTES + bytes];
        Frame.putHeader(ByteBuffer.wrap(frame), bytes, streamId, FrameType.DATA, flags);
        return frame;
    }

    private static void write(byte[] frame, MessageLite message) {
        var output =
                CodedOutputStream.newInstance(
                        frame, Frame.HEADER_BYTES, frame.length - Frame.HEADER_BYTES);
        try {
            message.writeTo(output);
            output.checkNoSpaceLeft();
        } catch (IOException e) {
            throw new UncheckedIOException("an array of the computed size was too small", e);
        }
    }
}
