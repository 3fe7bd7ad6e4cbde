// SPDX-License-Identifier: Apache-2.0
package io.silica.wasm.engine.wasmtime;

import static io.silica.wasm.engine.wasmtime.Libwasmtime.Call.WASMTIME_MODULE_EXPORTS;
import static io.silica.wasm.engine.wasmtime.Libwasmtime.Call.WASMTIME_MODULE_IMPORTS;
import static io.silica.wasm.engine.wasmtime.Libwasmtime.Call.WASM_EXPORTTYPE_NAME;
import static io.silica.wasm.engine.wasmtime.Libwasmtime.Call.WASM_EXPORTTYPE_TYPE;
import static io.silica.wasm.engine.wasmtime.Libwasmtime.Call.WASM_EXPORTTYPE_VEC_DELETE;
import static io.silica.wasm.engine.wasmtime.Libwasmtime.Call.WASM_EXTERNTYPE_AS_FUNCTYPE_CONST;
import static io.silica.wasm.engine.wasmtime.Libwasmtime.Call.WASM_EXTERNTYPE_KIND;
import static io.silica.wasm.engine.wasmtime.Libwasmtime.Call.WASM_FUNCTYPE_PARAMS;
import static io.silica.wasm.engine.wasmtime.Libwasmtime.Call.WASM_FUNCTYPE_RESULTS;
import static io.silica.wasm.engine.wasmtime.Libwasmtime.Call.WASM_IMPORTTYPE_MODULE;
import static io.silica.wasm.engine.wasmtime.Libwasmtime.Call.WASM_IMPORTTYPE_NAME;
import static io.silica.wasm.engine.wasmtime.Libwasmtime.Call.WASM_IMPORTTYPE_TYPE;
import static io.silica.wasm.engine.wasmtime.Libwasmtime.Call.WASM_IMPORTTYPE_VEC_DELETE;

import io.silica.wasm.engine.ModuleException;
import io.silica.wasm.engine.wasi.WasiSignatures;
import java.lang.foreign.Arena;
import java.util.List;
import java.util.TreeSet;

/** What a compiled module imports and exports. */
final class ModuleTypes {
    /** {@code WASM_EXTERN_FUNC}. */
    private static final byte FUNCTION = 0;

    private final Libwasmtime library;
    private final long module;

    /**
     * @param module a {@code wasmtime_module_t}, which has to live as long
     */
    ModuleTypes(Libwasmtime library, long module) {
        this.library = library;
        this.module = module;
    }

    /**
     * Checks that all of its imports are functions of WASI; whether they have the same parameters
     * is for the linker to say.
     *
     * @throws ModuleException.MissingImports naming those that are not there
     */
    void checkImports() {
        var missing = new TreeSet<String>();
        try (var arena = Arena.ofConfined()) {
            var imports = Native.vector(arena);
            library.call(WASMTIME_MODULE_IMPORTS, module, imports.address());
            for (long wanted : Native.pointers(imports)) {
                var from = Native.text(library.call(WASM_IMPORTTYPE_MODULE, wanted));
                var name = Native.text(library.call(WASM_IMPORTTYPE_NAME, wanted));
                long type = library.call(WASM_IMPORTTYPE_TYPE, wanted);
                if (!isFunction(type)
                        || !from.equals(WasiSignatures.MODULE)
                        || !WasiSignatures.parameters().containsKey(name)) {
                    missing.add(from + "." + name);
                }
            }
            library.call(WASM_IMPORTTYPE_VEC_DELETE, imports.address());
        }
        if (!missing.isEmpty()) {
            throw new ModuleException.MissingImports(List.copyOf(missing));
        }
    }

    /**
     * Checks that there is something to start.
     *
     * @throws ModuleException.NoEntryPoint if it is no command
     */
    void checkEntryPoint() {
        boolean found = false;
        try (var arena = Arena.ofConfined()) {
            var exports = Native.vector(arena);
            library.call(WASMTIME_MODULE_EXPORTS, module, exports.address());
            for (long export : Native.pointers(exports)) {
                var name = Native.text(library.call(WASM_EXPORTTYPE_NAME, export));
                found |= name.equals(WasmtimeEngine.ENTRY_POINT) && isCommand(export);
            }
            library.call(WASM_EXPORTTYPE_VEC_DELETE, exports.address());
        }
        if (!found) {
            throw new ModuleException.NoEntryPoint();
        }
    }

    private boolean isCommand(long export) {
        long type = library.call(WASM_EXPORTTYPE_TYPE, export);
        if (!isFunction(type)) {
            return false;
        }
        long function = library.call(WASM_EXTERNTYPE_AS_FUNCTYPE_CONST, type);
        return Native.count(library.call(WASM_FUNCTYPE_PARAMS, function)) == 0
                && Native.count(library.call(WASM_FUNCTYPE_RESULTS, function)) == 0;
    }

    private boolean isFunction(long type) {
        return (byte) library.call(WASM_EXTERNTYPE_KIND, type) == FUNCTION;
    }
}
