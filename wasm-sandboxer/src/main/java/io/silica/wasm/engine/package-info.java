// SPDX-License-Identifier: Apache-2.0

/**
 * The seam between a container of the Wasm kind and what runs WebAssembly: compile a module once,
 * make instances of it, run each on a thread of its own.
 *
 * <p>An engine is one package below this one. Each passes {@code WasmEngineContract}, and nothing
 * outside of its package knows its types.
 */
@NullMarked
package io.silica.wasm.engine;

import org.jspecify.annotations.NullMarked;
