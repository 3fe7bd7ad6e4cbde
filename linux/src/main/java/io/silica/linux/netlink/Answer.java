// SPDX-License-Identifier: Apache-2.0
package io.silica.linux.netlink;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;

/**
 * A message from the kernel.
 *
 * @param type of the message
 * @param sequence of the request that it answers
 * @param payload what comes after the header, from its position on
 */
record Answer(int type, int sequence, ByteBuffer payload) {
    static final int HEADER = 16;

    static final int ERROR = 2;
    static final int DONE = 3;

    /** All that came in one datagram. */
    static List<Answer> parse(byte[] datagram) {
        var buffer = ByteBuffer.wrap(datagram).order(ByteOrder.nativeOrder());
        var answers = new ArrayList<Answer>();
        while (buffer.remaining() >= HEADER) {
            int at = buffer.position();
            int length = buffer.getInt(at);
            if (length < HEADER || length > buffer.remaining()) {
                throw new IllegalStateException("a netlink message of " + length + " bytes");
            }
            var payload = slice(buffer, at + HEADER, length - HEADER);
            answers.add(
                    new Answer(
                            Short.toUnsignedInt(buffer.getShort(at + 4)),
                            buffer.getInt(at + 8),
                            payload));
            buffer.position(Math.min(buffer.limit(), at + aligned(length)));
        }
        return answers;
    }

    /** Of one of type {@link #ERROR}: 0 is an acknowledgement. */
    int errno() {
        return -payload.getInt(payload.position());
    }

    /** The attributes behind a fixed part of that size. */
    Attributes attributes(int fixed) {
        return Attributes.parse(
                slice(payload, aligned(fixed), payload.remaining() - aligned(fixed)));
    }

    static ByteBuffer slice(ByteBuffer buffer, int at, int length) {
        return buffer.slice(at, length).order(ByteOrder.nativeOrder());
    }

    static int aligned(int length) {
        return (length + 3) & ~3;
    }
}
