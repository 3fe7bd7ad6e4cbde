// SPDX-License-Identifier: Apache-2.0
package io.silica.wasm.engine;

/** A compiled module: immutable, shared by all instances of it. */
public interface WasmModule {
    /** What it was compiled from. */
    ModuleDigest digest();

    /** Bytes that its memories and tables take before its first instruction. */
    long minimumMemory();

    /** Bytes of what was compiled; 0 if that is not known. */
    default long compiledSize() {
        return 0;
    }
}
