// SPDX-License-Identifier: Apache-2.0
package io.silica.wasm.engine.wasmtime;

import io.silica.wasm.engine.ModuleDigest;
import io.silica.wasm.engine.WasmModule;

/**
 * A module that the library has compiled and linked with our functions. It goes when nobody holds
 * it any more.
 *
 * @param digest of its bytes
 * @param linked the library's {@code wasmtime_instance_pre_t}
 * @param room what its memory and tables take
 * @param compiledSize bytes of what was compiled; 0 if that is not known
 */
record WasmtimeModule(ModuleDigest digest, long linked, ModuleRoom room, long compiledSize)
        implements WasmModule {
    @Override
    public long minimumMemory() {
        return room.bytes();
    }
}
