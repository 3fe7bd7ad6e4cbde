// SPDX-License-Identifier: Apache-2.0
package io.silica.wasm.engine;

/**
 * Compiles and runs WebAssembly modules that speak WASI preview 1. Safe for use by many threads.
 *
 * <p>Modules are hostile: whatever the bytes are, the answer is a module or a {@link
 * ModuleException}.
 */
public interface WasmEngine {
    /** Its name in configuration and messages, such as {@code endive}. */
    String name();

    /**
     * Checks and compiles a module. May take seconds and much memory.
     *
     * @param binary the module, in the binary format of WebAssembly 1.0 or later
     * @throws ModuleException if it is not a command that this engine can run
     */
    WasmModule compile(byte[] binary);

    /**
     * Prepares an instance. Nothing of the guest happens before {@link WasmInstance#run}: neither
     * its memory is allocated nor its start function called.
     *
     * @param module one that this engine compiled
     * @throws ModuleException.MemoryMinimum if the module needs more than the limit to begin with
     */
    WasmInstance instantiate(WasmModule module, WasiConfig config);
}
