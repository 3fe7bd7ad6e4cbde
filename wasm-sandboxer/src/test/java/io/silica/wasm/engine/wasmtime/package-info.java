// SPDX-License-Identifier: Apache-2.0

/** Wasmtime against the contract of engines. */
@NullMarked
package io.silica.wasm.engine.wasmtime;

import org.jspecify.annotations.NullMarked;
