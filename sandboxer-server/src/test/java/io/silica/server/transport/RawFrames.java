// SPDX-License-Identifier: Apache-2.0
package io.silica.server.transport;

import com.google.protobuf.StringValue;
import io.silica.ttrpc.wire.Request;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;

/** Frames written and read by hand. */
final class RawFrames {
    static final int HEADER_BYTES = 10;
    private static final byte REQUEST = 1;

    private RawFrames() {}

    static ByteBuffer call(int streamId, String method, String argument) {
        var payload =
                Request.newBuilder()
                        .setService(EchoService.NAME)
                        .setMethod(method)
                        .setPayload(StringValue.of(argument).toByteString())
                        .build()
                        .toByteArray();
        return header(payload.length, streamId, payload.length).put(payload).flip();
    }

    /** Ten bytes that promise a payload of this length. */
    static ByteBuffer header(int length, int streamId) {
        return header(length, streamId, 0).flip();
    }

    static void write(SocketChannel channel, ByteBuffer bytes) throws IOException {
        while (bytes.hasRemaining()) {
            channel.write(bytes);
        }
    }

    /** The length of the payload of the next frame, which is read and dropped. */
    static int skipFrame(SocketChannel channel) throws IOException {
        int length = read(channel, HEADER_BYTES).getInt(0);
        read(channel, length);
        return length;
    }

    /** So many bytes. */
    static ByteBuffer read(SocketChannel channel, int bytes) throws IOException {
        var buffer = ByteBuffer.allocate(bytes);
        while (buffer.hasRemaining()) {
            if (channel.read(buffer) < 0) {
                throw new AssertionError("the server closed the connection");
            }
        }
        return buffer.flip();
    }

    private static ByteBuffer header(int length, int streamId, int room) {
        return ByteBuffer.allocate(HEADER_BYTES + room)
                .putInt(length)
                .putInt(streamId)
                .put(REQUEST)
                .put((byte) 0);
    }
}
