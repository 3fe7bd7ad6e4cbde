// SPDX-License-Identifier: Apache-2.0

/**
 * The engine Wasmtime, by the C API of its library, which the user brings.
 *
 * <pre>
 *   WasmtimeEngine --compiles--> WasmtimeModule --runs as--> WasmtimeInstance, in a store of its own
 *        |                                                     |  on the thread that called it
 *        +--- Libwasmtime: the functions of the library        +--- GuestMemory, GuestWasi: ours
 *                 ^--- Callbacks: what the library calls ---^
 * </pre>
 *
 * <p>A guest's memory is mapped here, and every function that it imports is one of ours: the
 * library compiles, runs and traps, and opens nothing. What the library calls finds the guest by
 * the thread that it is called on, and never throws: an exception that left a callback would end
 * the process.
 */
@NullMarked
package io.silica.wasm.engine.wasmtime;

import org.jspecify.annotations.NullMarked;
