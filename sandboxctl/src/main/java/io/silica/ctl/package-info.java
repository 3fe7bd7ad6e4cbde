// SPDX-License-Identifier: Apache-2.0

/** The operator's tool. */
@NullMarked
package io.silica.ctl;

import org.jspecify.annotations.NullMarked;
