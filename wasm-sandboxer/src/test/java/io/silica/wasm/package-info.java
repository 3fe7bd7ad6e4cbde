// SPDX-License-Identifier: Apache-2.0

/** Workers as real processes, and the sandboxer in front of them. */
@NullMarked
package io.silica.wasm;

import org.jspecify.annotations.NullMarked;
