// SPDX-License-Identifier: Apache-2.0
package io.silica.wasm.engine;

import java.lang.foreign.MemorySegment;

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
     * Makes a module of what another process has compiled. What is compiled is code: it is run
     * without a look at it.
     *
     * @param binary what it was compiled from, which that process has found valid
     * @param compiled not used any more when this returns
     * @throws ModuleException.Foreign if it is of another engine, another build or other settings
     * @throws ModuleException if it is not a command that this engine can run
     * @throws UnsupportedOperationException if nothing of this engine is compiled elsewhere
     */
    default WasmModule load(byte[] binary, MemorySegment compiled) {
        throw new UnsupportedOperationException(name() + " compiles where it runs");
    }

    /**
     * Prepares an instance. Nothing of the guest happens before {@link WasmInstance#run}: neither
     * its memory is allocated nor its start function called.
     *
     * @param module one that this engine compiled or loaded
     * @throws ModuleException.MemoryMinimum if the module needs more than the limit to begin with
     */
    WasmInstance instantiate(WasmModule module, WasiConfig config);
}
