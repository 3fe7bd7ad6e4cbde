// SPDX-License-Identifier: Apache-2.0

/** Tests of compilers and of what they leave on disk. */
@NullMarked
package io.silica.wasm.compiler;

import org.jspecify.annotations.NullMarked;
