// SPDX-License-Identifier: Apache-2.0
/**
 * The operator's tool: runs a pod through CRI, and reads what a daemon has written down: about its
 * sandboxes, and in its journal.
 *
 * <p>Its exit codes are those of {@link io.silica.ctl.cli.ExitCode}. It is no part of serving pods:
 * nothing depends on it but tests.
 */
@NullMarked
package io.silica.ctl;

import org.jspecify.annotations.NullMarked;
