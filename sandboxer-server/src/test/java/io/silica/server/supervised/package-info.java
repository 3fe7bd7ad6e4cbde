// SPDX-License-Identifier: Apache-2.0

/** Whole daemons as processes of their own, under the supervisor that is shipped. */
@NullMarked
package io.silica.server.supervised;

import org.jspecify.annotations.NullMarked;
