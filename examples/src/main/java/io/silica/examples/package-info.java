// SPDX-License-Identifier: Apache-2.0
/**
 * Small Wasm modules that each show one thing, and the images made of them.
 *
 * <p>Their sources are in {@code src/main/wat}; the build compiles them. They import nothing but
 * {@code wasi_snapshot_preview1}.
 */
@NullMarked
package io.silica.examples;

import org.jspecify.annotations.NullMarked;
