// SPDX-License-Identifier: Apache-2.0
/**
 * The replacement of a daemon's program under its running pods.
 *
 * <p>There is no way of ending a daemon for it: a daemon may die at any moment, and an upgrade is a
 * death of which the next life has another program. What is checked is checked before.
 */
@NullMarked
package io.silica.ctl.upgrade;

import org.jspecify.annotations.NullMarked;
