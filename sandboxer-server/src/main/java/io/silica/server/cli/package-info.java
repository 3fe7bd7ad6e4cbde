// SPDX-License-Identifier: Apache-2.0

/**
 * The command line of a daemon. Flags override the configuration; exit codes are 0 for a daemon
 * that was asked to end, 1 for one that failed and 2 for a command line or configuration that
 * cannot be used. The options are built by code: picocli's annotations would cost their reflection
 * at each start.
 */
@NullMarked
package io.silica.server.cli;

import org.jspecify.annotations.NullMarked;
