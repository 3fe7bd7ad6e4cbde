// SPDX-License-Identifier: Apache-2.0
package io.silica.wasm.compiler;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.nio.charset.StandardCharsets.UTF_8;

import io.silica.linux.Descriptor;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;

/** What a compiler says in the end: a byte for what it is, eight for how long, and that. */
final class Answer {
    /** A compiled module follows. */
    static final byte COMPILED = 'c';

    /** It follows why the module cannot be compiled. */
    static final byte REFUSED = 'r';

    /** It follows why nothing can be compiled. */
    static final byte UNABLE = 'u';

    static final int HEADER = 9;

    /** The most bytes of words. */
    static final int WORDS = 4096;

    private static final ValueLayout.OfLong LENGTH =
            ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.BIG_ENDIAN);

    private Answer() {}

    static byte kind(MemorySegment header) {
        return header.get(JAVA_BYTE, 0);
    }

    /** A stranger's number. */
    static long length(MemorySegment header) {
        return header.get(LENGTH, 1);
    }

    static void write(Descriptor out, byte kind, MemorySegment content) {
        try (var arena = Arena.ofConfined()) {
            var header = arena.allocate(HEADER);
            header.set(JAVA_BYTE, 0, kind);
            header.set(LENGTH, 1, content.byteSize());
            writeAll(out, header);
            writeAll(out, content);
        }
    }

    static void write(Descriptor out, byte kind, String words) {
        var bytes = words.substring(0, Math.min(WORDS / 4, words.length())).getBytes(UTF_8);
        try (var arena = Arena.ofConfined()) {
            write(out, kind, arena.allocateFrom(JAVA_BYTE, bytes));
        }
    }

    private static void writeAll(Descriptor out, MemorySegment bytes) {
        long at = 0;
        while (at < bytes.byteSize()) {
            at += out.write(bytes, at, bytes.byteSize() - at);
        }
    }
}
