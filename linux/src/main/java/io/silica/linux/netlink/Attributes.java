// SPDX-License-Identifier: Apache-2.0
package io.silica.linux.netlink;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;

/** The attributes of a message, or within one of its attributes, by their type. */
final class Attributes {
    static final int HEADER = 4;

    private static final int TYPE_MASK = 0x3FFF;

    private final Map<Integer, ByteBuffer> byType;

    private Attributes(Map<Integer, ByteBuffer> byType) {
        this.byType = byType;
    }

    static Attributes parse(ByteBuffer buffer) {
        var byType = new HashMap<Integer, ByteBuffer>();
        int at = 0;
        while (buffer.limit() - at >= HEADER) {
            int length = Short.toUnsignedInt(buffer.getShort(at));
            if (length < HEADER || length > buffer.limit() - at) {
                throw new IllegalStateException("a netlink attribute of " + length + " bytes");
            }
            byType.put(
                    buffer.getShort(at + 2) & TYPE_MASK,
                    Answer.slice(buffer, at + HEADER, length - HEADER));
            at += Answer.aligned(length);
        }
        return new Attributes(byType);
    }

    Optional<byte[]> bytes(int type) {
        var value = byType.get(type);
        if (value == null) {
            return Optional.empty();
        }
        var bytes = new byte[value.limit()];
        value.get(0, bytes);
        return Optional.of(bytes);
    }

    OptionalInt number(int type) {
        var value = byType.get(type);
        return value == null ? OptionalInt.empty() : OptionalInt.of(value.getInt(0));
    }

    /** Without the NUL at its end; empty if there is none. */
    String text(int type) {
        return bytes(type)
                .map(bytes -> new String(bytes, 0, bytes.length - 1, StandardCharsets.UTF_8))
                .orElse("");
    }

    /** Attributes within one; none if it is not there. */
    Attributes nested(int type) {
        var value = byType.get(type);
        return value == null ? new Attributes(Map.of()) : parse(value);
    }
}
