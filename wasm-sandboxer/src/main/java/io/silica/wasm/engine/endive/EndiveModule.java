// SPDX-License-Identifier: Apache-2.0
package io.silica.wasm.engine.endive;

import io.silica.wasm.engine.ModuleDigest;
import io.silica.wasm.engine.WasmModule;
import java.util.function.Function;
import run.endive.runtime.Instance;
import run.endive.runtime.Machine;

/**
 * A module that Endive has compiled.
 *
 * @param digest of its bytes
 * @param parsed what the bytes say
 * @param machine makes the compiled code of an instance
 * @param minimumMemory bytes of its memories and tables to begin with
 */
record EndiveModule(
        ModuleDigest digest,
        run.endive.wasm.WasmModule parsed,
        Function<Instance, Machine> machine,
        long minimumMemory)
        implements WasmModule {}
