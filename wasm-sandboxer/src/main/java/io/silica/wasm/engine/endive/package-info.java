// SPDX-License-Identifier: Apache-2.0

/**
 * The embedded engine: Endive, which turns WebAssembly into JVM bytecode. Nothing has to be
 * installed for it.
 *
 * <p>A function too large for a JVM method is interpreted; everything else is compiled. A guest is
 * ended by interrupting its thread: compiled code looks at the interrupt flag at each call and at
 * each turn of a loop.
 */
@NullMarked
package io.silica.wasm.engine.endive;

import org.jspecify.annotations.NullMarked;
