// SPDX-License-Identifier: Apache-2.0
package io.silica.wasm.engine.wasmtime;

import io.silica.linux.NativeLibrary;
import java.io.IOException;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;

/**
 * The functions of the library that are called here.
 *
 * @see <a href="https://docs.wasmtime.dev/c-api/">Wasmtime's C API</a>
 */
final class Libwasmtime {
    /** Each by its name in the library, in capitals. */
    enum Call {
        WASM_CONFIG_NEW,
        WASM_ENGINE_NEW_WITH_CONFIG,
        WASM_ENGINE_DELETE,
        WASM_BYTE_VEC_DELETE,
        WASM_EXPORTTYPE_NAME,
        WASM_EXPORTTYPE_TYPE,
        WASM_EXPORTTYPE_VEC_DELETE,
        WASM_EXTERNTYPE_AS_FUNCTYPE_CONST,
        WASM_EXTERNTYPE_KIND,
        WASM_FRAME_FUNC_INDEX,
        WASM_FRAME_VEC_DELETE,
        WASM_FUNCTYPE_DELETE,
        WASM_FUNCTYPE_NEW,
        WASM_FUNCTYPE_PARAMS,
        WASM_FUNCTYPE_RESULTS,
        WASM_IMPORTTYPE_MODULE,
        WASM_IMPORTTYPE_NAME,
        WASM_IMPORTTYPE_TYPE,
        WASM_IMPORTTYPE_VEC_DELETE,
        WASM_TRAP_DELETE,
        WASM_TRAP_TRACE,
        WASM_VALTYPE_NEW,
        WASM_VALTYPE_VEC_NEW,
        WASMTIME_CONFIG_EPOCH_INTERRUPTION_SET,
        WASMTIME_CONFIG_GC_SUPPORT_SET,
        WASMTIME_CONFIG_HOST_MEMORY_CREATOR_SET,
        WASMTIME_CONFIG_MEMORY_INIT_COW_SET,
        WASMTIME_CONFIG_PARALLEL_COMPILATION_SET,
        WASMTIME_CONFIG_WASM_CUSTOM_PAGE_SIZES_SET,
        WASMTIME_CONFIG_WASM_EXCEPTIONS_SET,
        WASMTIME_CONFIG_WASM_FUNCTION_REFERENCES_SET,
        WASMTIME_CONFIG_WASM_GC_SET,
        WASMTIME_CONFIG_WASM_MEMORY64_SET,
        WASMTIME_CONFIG_WASM_MULTI_MEMORY_SET,
        WASMTIME_CONFIG_WASM_THREADS_SET,
        WASMTIME_CONTEXT_SET_EPOCH_DEADLINE,
        WASMTIME_ENGINE_INCREMENT_EPOCH,
        WASMTIME_ERROR_DELETE,
        WASMTIME_ERROR_MESSAGE,
        WASMTIME_ERROR_NEW,
        WASMTIME_ERROR_WASM_TRACE,
        WASMTIME_EXTERN_DELETE,
        WASMTIME_FRAME_FUNC_NAME,
        WASMTIME_FUNC_CALL,
        WASMTIME_INSTANCE_EXPORT_GET,
        WASMTIME_INSTANCE_PRE_DELETE,
        WASMTIME_INSTANCE_PRE_INSTANTIATE,
        WASMTIME_LINKER_DEFINE_FUNC_UNCHECKED,
        WASMTIME_LINKER_DELETE,
        WASMTIME_LINKER_INSTANTIATE_PRE,
        WASMTIME_LINKER_NEW,
        WASMTIME_MODULE_DELETE,
        WASMTIME_MODULE_DESERIALIZE,
        WASMTIME_MODULE_EXPORTS,
        WASMTIME_MODULE_IMPORTS,
        WASMTIME_MODULE_NEW,
        WASMTIME_MODULE_SERIALIZE,
        WASMTIME_STORE_CONTEXT,
        WASMTIME_STORE_DELETE,
        WASMTIME_STORE_EPOCH_DEADLINE_CALLBACK,
        WASMTIME_STORE_LIMITER,
        WASMTIME_STORE_NEW,
        WASMTIME_TRAP_CODE,
        WASMTIME_TRAP_NEW
    }

    private final Map<Call, NativeLibrary.Function> functions = new EnumMap<>(Call.class);

    private Libwasmtime() {}

    /**
     * Loads it.
     *
     * @throws IOException if it is no libwasmtime of the version that is needed, saying why
     */
    static Libwasmtime load(Path file) throws IOException {
        var problem = new LibraryFile(file).problem();
        if (problem.isPresent()) {
            throw new IOException(problem.get());
        }
        return open(file);
    }

    /**
     * Loads what somebody has looked at already.
     *
     * @throws IOException if it lacks a function, naming it
     */
    static Libwasmtime open(Path file) throws IOException {
        var loaded = NativeLibrary.load(file);
        var library = new Libwasmtime();
        for (var call : Call.values()) {
            var name = call.name().toLowerCase(Locale.ROOT);
            library.functions.put(
                    call,
                    loaded.function(name)
                            .orElseThrow(() -> new IOException(file + " has no function " + name)));
        }
        return library;
    }

    /** Calls one; what it gives is a number or a pointer. */
    long call(Call call, long... arguments) {
        var function = functions.get(call);
        if (function == null) {
            throw new IllegalStateException(call + " was found when the library was loaded");
        }
        return function.invoke(arguments);
    }

    /** Calls one that gives a truth value, of which only the lowest byte is defined. */
    boolean test(Call call, long... arguments) {
        return (byte) call(call, arguments) != 0;
    }
}
