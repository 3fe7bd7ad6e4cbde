// SPDX-License-Identifier: Apache-2.0
package io.silica.server.journal;

import java.nio.ByteBuffer;
import java.util.Random;

/** Frames as a client would send them. What is in them does not matter to a journal. */
final class Frames {
    private static final byte REQUEST = 1;
    private static final byte DATA = 3;

    private Frames() {}

    static ByteBuffer request(int stream, int payloadBytes) {
        return frame(stream, payloadBytes, REQUEST);
    }

    static ByteBuffer data(int stream, int payloadBytes) {
        return frame(stream, payloadBytes, DATA);
    }

    /** Ten bytes that promise a payload. */
    static ByteBuffer header(int stream, int payloadBytes) {
        return header(stream, payloadBytes, REQUEST, 0).flip();
    }

    static ByteBuffer join(ByteBuffer... frames) {
        int bytes = 0;
        for (var frame : frames) {
            bytes += frame.remaining();
        }
        var all = ByteBuffer.allocate(bytes);
        for (var frame : frames) {
            all.put(frame.duplicate());
        }
        return all.flip();
    }

    private static ByteBuffer frame(int stream, int payloadBytes, byte type) {
        var payload = new byte[payloadBytes];
        new Random(stream).nextBytes(payload);
        return header(stream, payloadBytes, type, payloadBytes).put(payload).flip();
    }

    private static ByteBuffer header(int stream, int payloadBytes, byte type, int room) {
        return ByteBuffer.allocate(10 + room)
                .putInt(payloadBytes)
                .putInt(stream)
                .put(type)
                .put((byte) 0);
    }
}
