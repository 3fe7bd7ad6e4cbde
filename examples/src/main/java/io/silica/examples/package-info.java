// SPDX-License-Identifier: Apache-2.0

/** Images of the examples. */
@NullMarked
package io.silica.examples;

import org.jspecify.annotations.NullMarked;
