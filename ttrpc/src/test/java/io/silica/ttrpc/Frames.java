// SPDX-License-Identifier: Apache-2.0
package io.silica.ttrpc;

import com.google.protobuf.StringValue;
import io.silica.ttrpc.wire.Request;
import java.nio.ByteBuffer;
import java.util.List;

/** Frames as a client would write them, right and wrong. */
final class Frames {
    static final int REQUEST = 1;
    static final int RESPONSE = 2;
    static final int DATA = 3;

    private Frames() {}

    static ByteBuffer frame(int streamId, int type, int flags, byte[] payload) {
        return header(payload.length, streamId, type, flags, payload.length).put(payload).flip();
    }

    /** Ten bytes that promise a payload of this length. */
    static ByteBuffer header(int length, int streamId, int type) {
        return header(length, streamId, type, 0, 0).flip();
    }

    static ByteBuffer request(int streamId, Request request) {
        return frame(streamId, REQUEST, 0, request.toByteArray());
    }

    /** A call of {@code method} of the {@link TestService}. */
    static ByteBuffer call(int streamId, String method, String argument) {
        return request(streamId, TestService.request(method, text(argument)).build());
    }

    /** A call that begins a stream of the {@link TestService}, without a message. */
    static ByteBuffer open(int streamId, String method, int flags) {
        var request = TestService.request(method, text("")).build();
        return frame(streamId, REQUEST, flags, request.toByteArray());
    }

    /** A message of a stream. */
    static ByteBuffer data(int streamId, String value) {
        return frame(streamId, DATA, 0, text(value).toByteArray());
    }

    /** The end of a stream, as Go's client sends it. */
    static ByteBuffer close(int streamId) {
        return frame(streamId, DATA, Frame.REMOTE_CLOSED | Frame.NO_DATA, new byte[0]);
    }

    static StringValue text(String value) {
        return StringValue.of(value);
    }

    static ByteBuffer concatenation(List<ByteBuffer> parts) {
        var all = ByteBuffer.allocate(parts.stream().mapToInt(ByteBuffer::remaining).sum());
        parts.forEach(all::put);
        return all.flip();
    }

    private static ByteBuffer header(int length, int streamId, int type, int flags, int room) {
        return ByteBuffer.allocate(Frame.HEADER_BYTES + room)
                .putInt(length)
                .putInt(streamId)
                .put((byte) type)
                .put((byte) flags);
    }
}
