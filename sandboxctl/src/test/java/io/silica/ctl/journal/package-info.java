// SPDX-License-Identifier: Apache-2.0
/** Tests against journals that the daemon's own code has written. */
@NullMarked
package io.silica.ctl.journal;

import org.jspecify.annotations.NullMarked;
