// SPDX-License-Identifier: Apache-2.0
package io.silica.server.journal;

import java.nio.ByteBuffer;
import java.util.Arrays;

/** Where in a half the bytes stand that belong together. Not thread safe. */
final class Pieces {
    /** Offset and length of each, in turns. */
    private int[] spans = new int[2];

    private int used;
    private int bytes;

    void add(int offset, int length) {
        if (used == spans.length) {
            spans = Arrays.copyOf(spans, used * 2);
        }
        spans[used++] = offset;
        spans[used++] = length;
        bytes += length;
    }

    void clear() {
        used = 0;
        bytes = 0;
    }

    int bytes() {
        return bytes;
    }

    /** Adds them to the record that is being written in another half. */
    void copy(Half from, Half to) {
        for (int i = 0; i < used; i += 2) {
            to.put(from, spans[i], spans[i + 1]);
        }
    }

    /** They are in one piece now. */
    void become(int offset) {
        used = 0;
        spans[used++] = offset;
        spans[used++] = bytes;
    }

    /** A copy of the bytes. */
    ByteBuffer read(Half from) {
        var all = ByteBuffer.allocate(bytes);
        for (int i = 0; i < used; i += 2) {
            all.put(from.slice(spans[i], spans[i + 1]));
        }
        return all.flip();
    }
}
