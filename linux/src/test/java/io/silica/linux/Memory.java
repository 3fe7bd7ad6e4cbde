// SPDX-License-Identifier: Apache-2.0
package io.silica.linux;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;

/** Text in native memory, and back. */
final class Memory {
    private Memory() {}

    static MemorySegment of(String text) {
        return Arena.ofAuto().allocateFrom(JAVA_BYTE, text.getBytes(StandardCharsets.UTF_8));
    }

    static MemorySegment room(int bytes) {
        return Arena.ofAuto().allocate(bytes);
    }

    static String text(MemorySegment memory, int bytes) {
        return new String(memory.asSlice(0, bytes).toArray(JAVA_BYTE), StandardCharsets.UTF_8);
    }
}
