// SPDX-License-Identifier: Apache-2.0

/** The daemon. */
@NullMarked
package io.silica.server;

import org.jspecify.annotations.NullMarked;
