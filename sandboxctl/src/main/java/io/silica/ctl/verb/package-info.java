// SPDX-License-Identifier: Apache-2.0

/** What can be done with pods and containers through CRI, a verb each, by crictl's names. */
@NullMarked
package io.silica.ctl.verb;

import org.jspecify.annotations.NullMarked;
