// SPDX-License-Identifier: Apache-2.0

/** Wasm. */
@NullMarked
package io.silica.wasm;

import org.jspecify.annotations.NullMarked;
