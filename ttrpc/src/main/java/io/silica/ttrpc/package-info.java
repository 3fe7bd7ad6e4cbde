// SPDX-License-Identifier: Apache-2.0

/** ttrpc. */
@NullMarked
package io.silica.ttrpc;

import org.jspecify.annotations.NullMarked;
