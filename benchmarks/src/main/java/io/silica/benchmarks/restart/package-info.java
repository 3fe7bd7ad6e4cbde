// SPDX-License-Identifier: Apache-2.0

/** The daemon as it is shipped, killed again and again: how soon the next one answers. */
@NullMarked
package io.silica.benchmarks.restart;

import org.jspecify.annotations.NullMarked;
