// SPDX-License-Identifier: Apache-2.0
package io.silica.wasm.engine.wasmtime;

import static io.silica.wasm.engine.wasmtime.Libwasmtime.Call.WASMTIME_ERROR_DELETE;
import static io.silica.wasm.engine.wasmtime.Libwasmtime.Call.WASMTIME_ERROR_MESSAGE;
import static io.silica.wasm.engine.wasmtime.Libwasmtime.Call.WASM_BYTE_VEC_DELETE;
import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static java.nio.charset.StandardCharsets.UTF_8;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.stream.Collectors;

/**
 * Reads and writes the structures of the library. All its vectors are a count and a pointer, each
 * of eight bytes.
 */
final class Native {
    private static final int VECTOR = 16;
    private static final int DATA = 8;
    private static final int LONGEST = 4096;

    @SuppressWarnings("restricted") // whoever writes there knows the place
    private static final MemorySegment ALL = MemorySegment.NULL.reinterpret(Long.MAX_VALUE);

    private Native() {}

    /** An empty vector, to be filled. */
    static MemorySegment vector(Arena arena) {
        return arena.allocate(VECTOR, DATA);
    }

    /** A place for a pointer, which is null. */
    static MemorySegment pointer(Arena arena) {
        return arena.allocate(JAVA_LONG);
    }

    /** Memory of the library's, which has to be there. */
    @SuppressWarnings("restricted") // the library says how long it is
    static MemorySegment at(long address, long size) {
        return MemorySegment.ofAddress(address).reinterpret(size);
    }

    /** Sets eight bytes of the library's. Allocates nothing. */
    static void put(long address, long value) {
        ALL.set(JAVA_LONG, address, value);
    }

    /** The pointers in a vector. */
    static long[] pointers(MemorySegment vector) {
        long count = vector.get(JAVA_LONG, 0);
        return count == 0
                ? new long[0]
                : at(vector.get(JAVA_LONG, DATA), count * Long.BYTES).toArray(JAVA_LONG);
    }

    /** The bytes in a vector, in place. */
    static MemorySegment bytes(MemorySegment vector) {
        return at(vector.get(JAVA_LONG, DATA), vector.get(JAVA_LONG, 0));
    }

    /** How many elements a vector has that is at an address. */
    static long count(long vector) {
        return at(vector, VECTOR).get(JAVA_LONG, 0);
    }

    /** The text in a vector of bytes that is at an address. */
    static String text(long vector) {
        return text(at(vector, VECTOR));
    }

    private static String text(MemorySegment vector) {
        long length = Math.min(vector.get(JAVA_LONG, 0), LONGEST);
        return length == 0
                ? ""
                : new String(at(vector.get(JAVA_LONG, DATA), length).toArray(JAVA_BYTE), UTF_8);
    }

    /** What an error says, in one line; the error is gone then. */
    static String message(Libwasmtime library, long error) {
        try (var arena = Arena.ofConfined()) {
            var vector = vector(arena);
            library.call(WASMTIME_ERROR_MESSAGE, error, vector.address());
            var text = text(vector);
            library.call(WASM_BYTE_VEC_DELETE, vector.address());
            return text.lines()
                    .map(String::strip)
                    .filter(line -> !line.isEmpty() && !line.equals("Caused by:"))
                    .collect(Collectors.joining(": "));
        } finally {
            library.call(WASMTIME_ERROR_DELETE, error);
        }
    }
}
