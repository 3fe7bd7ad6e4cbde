// SPDX-License-Identifier: Apache-2.0
package io.silica.wasm.engine.wasmtime;

import static io.silica.wasm.engine.wasmtime.Libwasmtime.Call.WASMTIME_ERROR_WASM_TRACE;
import static io.silica.wasm.engine.wasmtime.Libwasmtime.Call.WASMTIME_FRAME_FUNC_NAME;
import static io.silica.wasm.engine.wasmtime.Libwasmtime.Call.WASMTIME_TRAP_CODE;
import static io.silica.wasm.engine.wasmtime.Libwasmtime.Call.WASM_FRAME_FUNC_INDEX;
import static io.silica.wasm.engine.wasmtime.Libwasmtime.Call.WASM_FRAME_VEC_DELETE;
import static io.silica.wasm.engine.wasmtime.Libwasmtime.Call.WASM_TRAP_DELETE;
import static io.silica.wasm.engine.wasmtime.Libwasmtime.Call.WASM_TRAP_TRACE;
import static java.lang.foreign.ValueLayout.JAVA_BYTE;

import java.lang.foreign.Arena;
import java.util.ArrayList;
import java.util.List;

/**
 * How the library ended a guest.
 *
 * @param message why
 * @param backtrace the guest's calls, innermost first
 */
record Trap(String message, List<String> backtrace) {
    private static final int FRAMES = 64;

    /** By {@code wasmtime_trap_code_t}, in the words of the tests of WebAssembly. */
    private static final List<String> REASONS =
            List.of(
                    "call stack exhausted",
                    "out of bounds memory access",
                    "unaligned atomic",
                    "out of bounds table access",
                    "uninitialized element",
                    "indirect call type mismatch",
                    "integer overflow",
                    "integer divide by zero",
                    "invalid conversion to integer",
                    "unreachable");

    /** Of a {@code wasm_trap_t}, which is gone then. */
    static Trap ofTrap(Libwasmtime library, long trap) {
        try (var arena = Arena.ofConfined()) {
            var code = arena.allocate(JAVA_BYTE);
            var message =
                    library.test(WASMTIME_TRAP_CODE, trap, code.address())
                            ? reason(code.get(JAVA_BYTE, 0))
                            : "a trap without a code";
            return new Trap(message, backtrace(library, WASM_TRAP_TRACE, trap));
        } finally {
            library.call(WASM_TRAP_DELETE, trap);
        }
    }

    private static String reason(int code) {
        return code < REASONS.size() ? REASONS.get(code) : "trap " + code + " of Wasmtime";
    }

    /** Of a {@code wasmtime_error_t}, which is gone then. */
    static Trap ofError(Libwasmtime library, long error) {
        // The frames belong to the error.
        var backtrace = backtrace(library, WASMTIME_ERROR_WASM_TRACE, error);
        return new Trap(Native.message(library, error), backtrace);
    }

    private static List<String> backtrace(Libwasmtime library, Libwasmtime.Call trace, long of) {
        try (var arena = Arena.ofConfined()) {
            var vector = Native.vector(arena);
            library.call(trace, of, vector.address());
            var lines = new ArrayList<String>();
            for (long frame : Native.pointers(vector)) {
                if (lines.size() < FRAMES) {
                    lines.add(line(library, frame));
                }
            }
            library.call(WASM_FRAME_VEC_DELETE, vector.address());
            return lines;
        }
    }

    private static String line(Libwasmtime library, long frame) {
        var function =
                "function "
                        + Integer.toUnsignedString(
                                (int) library.call(WASM_FRAME_FUNC_INDEX, frame));
        long name = library.call(WASMTIME_FRAME_FUNC_NAME, frame);
        return name == 0 ? function : Native.text(name) + " (" + function + ")";
    }
}
