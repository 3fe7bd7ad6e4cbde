// SPDX-License-Identifier: Apache-2.0
package io.silica.linux.netlink;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.function.Consumer;

/**
 * A message to the kernel in the making: a header, the fixed part of its type, and attributes. All
 * numbers are in the machine's order.
 */
final class Request {
    /** Answer with an acknowledgement. */
    static final int ACK = 4;

    static final int REPLACE = 0x100;
    static final int DUMP = 0x300;
    static final int EXCLUSIVE = 0x200;
    static final int CREATE = 0x400;

    /** Set in the type of an attribute that has attributes in it. */
    static final int NESTED = 0x8000;

    private static final int FLAG_REQUEST = 1;
    private static final int LARGEST = 16 << 10;
    private static final int TYPE = 4;
    private static final int FLAGS = 6;
    private static final int SEQUENCE = 8;

    private final String words;
    private final ByteBuffer buffer = ByteBuffer.allocate(LARGEST).order(ByteOrder.nativeOrder());

    /**
     * A message without a fixed part.
     *
     * @param words what it asks, for who reads that it was refused
     */
    Request(String words, int type, int flags) {
        this.words = words;
        buffer.position(Answer.HEADER);
        buffer.putShort(TYPE, (short) type).putShort(FLAGS, (short) (flags | FLAG_REQUEST));
    }

    String words() {
        return words;
    }

    /** The fixed part, field by field; comes before all attributes. */
    Request fixed(Consumer<ByteBuffer> fields) {
        fields.accept(buffer);
        pad();
        return this;
    }

    Request attribute(int type, byte[] value) {
        buffer.putShort((short) (Attributes.HEADER + value.length)).putShort((short) type);
        buffer.put(value);
        pad();
        return this;
    }

    Request attribute(int type, int value) {
        return attribute(
                type,
                ByteBuffer.allocate(Integer.BYTES)
                        .order(ByteOrder.nativeOrder())
                        .putInt(value)
                        .array());
    }

    /** A string, with the NUL that the kernel wants. */
    Request attribute(int type, String value) {
        var bytes = value.getBytes(StandardCharsets.UTF_8);
        return attribute(type, Arrays.copyOf(bytes, bytes.length + 1));
    }

    /** Attributes within one. */
    Request nested(int type, Consumer<Request> inner) {
        int at = buffer.position();
        buffer.putShort((short) 0).putShort((short) (type | NESTED));
        inner.accept(this);
        buffer.putShort(at, (short) (buffer.position() - at));
        return this;
    }

    byte[] bytes(int sequence) {
        buffer.putInt(0, buffer.position()).putInt(SEQUENCE, sequence);
        return Arrays.copyOf(buffer.array(), buffer.position());
    }

    private void pad() {
        while (buffer.position() % Integer.BYTES != 0) {
            buffer.put((byte) 0);
        }
    }
}
