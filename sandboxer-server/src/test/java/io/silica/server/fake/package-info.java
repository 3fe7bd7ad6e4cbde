// SPDX-License-Identifier: Apache-2.0

/**
 * A kind of sandbox that exists in memory only: for what a real kind can't be made to show, such as
 * a creation that fails at a chosen step. It passes the same contracts as the real ones.
 */
@NullMarked
package io.silica.server.fake;

import org.jspecify.annotations.NullMarked;
