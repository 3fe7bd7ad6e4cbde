// SPDX-License-Identifier: Apache-2.0

/** What a running daemon says of itself, on the socket of its metrics. */
@NullMarked
package io.silica.ctl.daemon;

import org.jspecify.annotations.NullMarked;
