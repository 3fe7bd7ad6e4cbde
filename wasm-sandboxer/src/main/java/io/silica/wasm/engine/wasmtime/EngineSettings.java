// SPDX-License-Identifier: Apache-2.0
package io.silica.wasm.engine.wasmtime;

import static io.silica.wasm.engine.wasmtime.Libwasmtime.Call.WASMTIME_CONFIG_EPOCH_INTERRUPTION_SET;
import static io.silica.wasm.engine.wasmtime.Libwasmtime.Call.WASMTIME_CONFIG_GC_SUPPORT_SET;
import static io.silica.wasm.engine.wasmtime.Libwasmtime.Call.WASMTIME_CONFIG_HOST_MEMORY_CREATOR_SET;
import static io.silica.wasm.engine.wasmtime.Libwasmtime.Call.WASMTIME_CONFIG_MEMORY_INIT_COW_SET;
import static io.silica.wasm.engine.wasmtime.Libwasmtime.Call.WASMTIME_CONFIG_PARALLEL_COMPILATION_SET;
import static io.silica.wasm.engine.wasmtime.Libwasmtime.Call.WASMTIME_CONFIG_WASM_CUSTOM_PAGE_SIZES_SET;
import static io.silica.wasm.engine.wasmtime.Libwasmtime.Call.WASMTIME_CONFIG_WASM_EXCEPTIONS_SET;
import static io.silica.wasm.engine.wasmtime.Libwasmtime.Call.WASMTIME_CONFIG_WASM_FUNCTION_REFERENCES_SET;
import static io.silica.wasm.engine.wasmtime.Libwasmtime.Call.WASMTIME_CONFIG_WASM_GC_SET;
import static io.silica.wasm.engine.wasmtime.Libwasmtime.Call.WASMTIME_CONFIG_WASM_MEMORY64_SET;
import static io.silica.wasm.engine.wasmtime.Libwasmtime.Call.WASMTIME_CONFIG_WASM_MULTI_MEMORY_SET;
import static io.silica.wasm.engine.wasmtime.Libwasmtime.Call.WASMTIME_CONFIG_WASM_THREADS_SET;
import static io.silica.wasm.engine.wasmtime.Libwasmtime.Call.WASM_CONFIG_NEW;
import static io.silica.wasm.engine.wasmtime.Libwasmtime.Call.WASM_ENGINE_NEW_WITH_CONFIG;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;

/**
 * How the library compiles and runs. Accesses beyond a memory are found by the pages behind it that
 * cannot be touched, as is the library's custom: it passes on the signals that are not about guests
 * to the JVM, which was there before it. Explicit checks would make guests up to 1.6 times slower.
 */
final class EngineSettings {
    private static final int ON = 1;
    private static final int OFF = 0;

    /** {@code wasmtime_memory_creator_t}, of which the environment and the finalizer are none. */
    private static final int CREATOR = 24;

    private static final int NEW_MEMORY = 8;

    private EngineSettings() {}

    /** An engine with these settings. */
    static long engine(Libwasmtime library) {
        long config = library.call(WASM_CONFIG_NEW);
        library.call(WASMTIME_CONFIG_EPOCH_INTERRUPTION_SET, config, ON);
        // A worker has threads of its own for that, and they are nicer than those of the library.
        library.call(WASMTIME_CONFIG_PARALLEL_COMPILATION_SET, config, OFF);
        setFeatures(library, config);
        setMemory(library, config);
        return library.call(WASM_ENGINE_NEW_WITH_CONFIG, config);
    }

    /** What guests may have; the rest would have memory that nobody counts, or threads. */
    private static void setFeatures(Libwasmtime library, long config) {
        library.call(WASMTIME_CONFIG_WASM_THREADS_SET, config, OFF);
        library.call(WASMTIME_CONFIG_WASM_MULTI_MEMORY_SET, config, OFF);
        library.call(WASMTIME_CONFIG_WASM_MEMORY64_SET, config, OFF);
        library.call(WASMTIME_CONFIG_WASM_CUSTOM_PAGE_SIZES_SET, config, OFF);
        library.call(WASMTIME_CONFIG_WASM_GC_SET, config, OFF);
        library.call(WASMTIME_CONFIG_WASM_EXCEPTIONS_SET, config, OFF);
        library.call(WASMTIME_CONFIG_WASM_FUNCTION_REFERENCES_SET, config, OFF);
        // References to a host's objects are in a heap, which would be a second memory.
        library.call(WASMTIME_CONFIG_GC_SUPPORT_SET, config, OFF);
    }

    private static void setMemory(Libwasmtime library, long config) {
        // The memories are ours, so that there is no image of them that could be mapped.
        library.call(WASMTIME_CONFIG_MEMORY_INIT_COW_SET, config, OFF);
        try (var arena = Arena.ofConfined()) {
            var creator = arena.allocate(CREATOR, Long.BYTES);
            creator.set(JAVA_LONG, NEW_MEMORY, Callbacks.NEW_MEMORY);
            library.call(WASMTIME_CONFIG_HOST_MEMORY_CREATOR_SET, config, creator.address());
        }
    }
}
