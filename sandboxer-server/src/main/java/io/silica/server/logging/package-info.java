// SPDX-License-Identifier: Apache-2.0

/**
 * What the daemon says to its operator. Code logs by {@link System.Logger}; logback writes it to
 * stderr.
 */
@NullMarked
package io.silica.server.logging;

import org.jspecify.annotations.NullMarked;
