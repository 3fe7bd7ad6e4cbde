// SPDX-License-Identifier: Apache-2.0
package io.silica.appkernel.gvisor;

import java.io.ByteArrayOutputStream;
import java.util.Optional;

/**
 * Finds the end of a JSON object in a stream that says nothing about lengths. What it gives is one
 * object by its brackets; whether it is JSON is for a parser to say. For one thread.
 */
final class JsonObjects {
    private final ByteArrayOutputStream text = new ByteArrayOutputStream();
    private final int maximum;
    private int depth;
    private boolean quoted;
    private boolean escaped;

    /**
     * @param maximum how many bytes an object may have
     */
    JsonObjects(int maximum) {
        this.maximum = maximum;
    }

    /**
     * Takes bytes.
     *
     * @return the object if it is complete; what comes behind it is dropped
     * @throws IllegalArgumentException if it is none, or too long
     */
    Optional<byte[]> take(byte[] bytes, int length) {
        for (int i = 0; i < length; i++) {
            if (take(bytes[i])) {
                return Optional.of(text.toByteArray());
            }
        }
        return Optional.empty();
    }

    private boolean take(byte next) {
        if (depth == 0 && next != '{') {
            if (Character.isWhitespace(next)) {
                return false;
            }
            throw new IllegalArgumentException("it begins with byte " + (next & 0xff));
        }
        if (text.size() == maximum) {
            throw new IllegalArgumentException("it has more than " + maximum + " bytes");
        }
        text.write(next);
        if (quoted) {
            takeQuoted(next);
            return false;
        }
        switch (next) {
            case '"' -> quoted = true;
            case '{', '[' -> depth++;
            case '}', ']' -> depth--;
            default -> {}
        }
        return depth == 0;
    }

    private void takeQuoted(byte next) {
        if (escaped) {
            escaped = false;
        } else if (next == '\\') {
            escaped = true;
        } else if (next == '"') {
            quoted = false;
        }
    }
}
