// SPDX-License-Identifier: Apache-2.0
package io.silica.wasm.engine.wasmtime;

import static io.silica.wasm.engine.wasmtime.Libwasmtime.Call.WASMTIME_MODULE_NEW;
import static io.silica.wasm.engine.wasmtime.Libwasmtime.Call.WASMTIME_MODULE_SERIALIZE;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import io.silica.wasm.engine.ModuleException;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.function.Consumer;

/** Compiles one module for engines in other processes, in a process that ends thereafter. */
public final class WasmtimeCompiler {
    private WasmtimeCompiler() {}

    /**
     * Compiles it with the settings of a {@link WasmtimeEngine}, whose {@code load} takes it. What
     * the library holds then is not freed.
     *
     * @param library which somebody has looked at
     * @param binary the module, in native memory
     * @param taker gets what was compiled
     * @throws ModuleException if it can't be compiled
     * @throws IOException if the library can't be used, saying why
     */
    public static void compile(Path library, MemorySegment binary, Consumer<MemorySegment> taker)
            throws IOException {
        var opened = Libwasmtime.open(library);
        long module = compiled(opened, EngineSettings.engine(opened), binary);
        try (var arena = Arena.ofConfined()) {
            var vector = Native.vector(arena);
            long error = opened.call(WASMTIME_MODULE_SERIALIZE, module, vector.address());
            if (error != 0) {
                throw new ModuleException.Invalid(
                        "it can't be written down: " + Native.message(opened, error));
            }
            taker.accept(Native.bytes(vector));
        }
    }

    /** The library's {@code wasmtime_module_t} of a module. */
    static long compiled(Libwasmtime library, long engine, MemorySegment binary) {
        try (var arena = Arena.ofConfined()) {
            var module = Native.pointer(arena);
            long error =
                    library.call(
                            WASMTIME_MODULE_NEW,
                            engine,
                            binary.address(),
                            binary.byteSize(),
                            module.address());
            if (error != 0) {
                throw new ModuleException.Invalid(
                        "it is invalid: " + Native.message(library, error));
            }
            return module.get(JAVA_LONG, 0);
        }
    }
}
