// SPDX-License-Identifier: Apache-2.0

/** Endive against the contract of engines. */
@NullMarked
package io.silica.wasm.engine.endive;

import org.jspecify.annotations.NullMarked;
