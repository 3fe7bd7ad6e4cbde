// SPDX-License-Identifier: Apache-2.0

/** Wasm containers without containerd: how soon they begin and end, and what idle ones take. */
@NullMarked
package io.silica.benchmarks.wasm;

import org.jspecify.annotations.NullMarked;
