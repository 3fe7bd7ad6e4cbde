// SPDX-License-Identifier: Apache-2.0
package io.silica.wasm.engine.wasmtime;

import static io.silica.wasm.engine.wasmtime.Libwasmtime.Call.WASMTIME_LINKER_DEFINE_FUNC_UNCHECKED;
import static io.silica.wasm.engine.wasmtime.Libwasmtime.Call.WASMTIME_LINKER_NEW;
import static io.silica.wasm.engine.wasmtime.Libwasmtime.Call.WASM_FUNCTYPE_DELETE;
import static io.silica.wasm.engine.wasmtime.Libwasmtime.Call.WASM_FUNCTYPE_NEW;
import static io.silica.wasm.engine.wasmtime.Libwasmtime.Call.WASM_VALTYPE_NEW;
import static io.silica.wasm.engine.wasmtime.Libwasmtime.Call.WASM_VALTYPE_VEC_NEW;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import io.silica.wasm.engine.wasi.WasiSignatures;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/** Tells the library of the functions that guests can import, each by its number. */
final class WasiLinker {
    /** {@code wasm_valkind_t}. */
    private static final int I32 = 0;

    private static final int I64 = 1;
    private static final int NO_FINALIZER = 0;

    private final Libwasmtime library;
    private final Arena arena;

    private WasiLinker(Libwasmtime library, Arena arena) {
        this.library = library;
        this.arena = arena;
    }

    /** A linker with all of them, for modules of an engine. */
    static long of(Libwasmtime library, long engine) {
        long linker = library.call(WASMTIME_LINKER_NEW, engine);
        try (var arena = Arena.ofConfined()) {
            var definitions = new WasiLinker(library, arena);
            int number = 0;
            for (var it : WasiSignatures.parameters().entrySet()) {
                definitions.define(linker, number++, it.getKey(), it.getValue());
            }
        }
        return linker;
    }

    private void define(long linker, int number, String name, String parameters) {
        var module = arena.allocateFrom(WasiSignatures.MODULE);
        var function = arena.allocateFrom(name);
        long type = type(parameters, WasiSignatures.returns(name) ? "i" : "");
        long error =
                library.call(
                        WASMTIME_LINKER_DEFINE_FUNC_UNCHECKED,
                        linker,
                        module.address(),
                        WasiSignatures.MODULE.length(),
                        function.address(),
                        name.length(),
                        type,
                        Callbacks.FUNCTION,
                        number,
                        NO_FINALIZER);
        library.call(WASM_FUNCTYPE_DELETE, type);
        if (error != 0) {
            throw new IllegalStateException(Native.message(library, error));
        }
    }

    private long type(String parameters, String results) {
        // The type owns what is in the vectors.
        return library.call(
                WASM_FUNCTYPE_NEW, vector(parameters).address(), vector(results).address());
    }

    private MemorySegment vector(String types) {
        var elements = arena.allocate(JAVA_LONG, Math.max(1, types.length()));
        for (int i = 0; i < types.length(); i++) {
            int kind = types.charAt(i) == WasiSignatures.WIDE ? I64 : I32;
            elements.setAtIndex(JAVA_LONG, i, library.call(WASM_VALTYPE_NEW, kind));
        }
        var vector = Native.vector(arena);
        library.call(WASM_VALTYPE_VEC_NEW, vector.address(), types.length(), elements.address());
        return vector;
    }
}
