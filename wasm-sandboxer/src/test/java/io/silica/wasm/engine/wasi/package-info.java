// SPDX-License-Identifier: Apache-2.0

/** Tests of WASI preview 1. */
@NullMarked
package io.silica.wasm.engine.wasi;

import org.jspecify.annotations.NullMarked;
