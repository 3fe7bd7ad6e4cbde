// SPDX-License-Identifier: Apache-2.0
/** Upgrades, with processes and files in the place of daemons. */
@NullMarked
package io.silica.ctl.upgrade;

import org.jspecify.annotations.NullMarked;
