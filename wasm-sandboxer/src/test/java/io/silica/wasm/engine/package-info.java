// SPDX-License-Identifier: Apache-2.0

/** What every engine must do, and the modules by which that is shown. */
@NullMarked
package io.silica.wasm.engine;

import org.jspecify.annotations.NullMarked;
