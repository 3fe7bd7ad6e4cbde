// SPDX-License-Identifier: Apache-2.0

/**
 * WASI preview 1, the same for all engines: an engine lends a guest's memory and passes the calls
 * on.
 *
 * <p>Descriptors and paths are the kernel's: a path is resolved by it beneath the directory that it
 * begins at. Whatever waits, waits in Java and comes back when the guest's thread is interrupted.
 */
@NullMarked
package io.silica.wasm.engine.wasi;

import org.jspecify.annotations.NullMarked;
