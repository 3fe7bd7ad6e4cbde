// SPDX-License-Identifier: Apache-2.0

/** The worker's parts, without a worker. */
@NullMarked
package io.silica.wasm.confinement;

import org.jspecify.annotations.NullMarked;
