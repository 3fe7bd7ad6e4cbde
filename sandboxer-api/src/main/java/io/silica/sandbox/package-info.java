// SPDX-License-Identifier: Apache-2.0

/** The model. */
@NullMarked
package io.silica.sandbox;

import org.jspecify.annotations.NullMarked;
