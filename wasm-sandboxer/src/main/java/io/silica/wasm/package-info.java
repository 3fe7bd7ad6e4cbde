// SPDX-License-Identifier: Apache-2.0

/**
 * The kind whose sandboxes are sets of WebAssembly instances.
 *
 * <pre>
 *   daemon (root):  WasmSandboxer --ttrpc, descriptors--> worker process (no right to any path)
 *                   starts, adopts and watches it         hosts the instances of many pods
 * </pre>
 *
 * <p>The daemon opens what a container may reach and hands over descriptors; the worker ({@code
 * io.silica.wasm.worker}) compiles and runs modules by way of the seam {@code
 * io.silica.wasm.engine}. The worker outlives the daemon.
 */
@NullMarked
package io.silica.wasm;

import org.jspecify.annotations.NullMarked;
