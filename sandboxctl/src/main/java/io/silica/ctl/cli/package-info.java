// SPDX-License-Identifier: Apache-2.0

/** What the commands share: streams, exit codes, tables, failures that are sentences. */
@NullMarked
package io.silica.ctl.cli;

import org.jspecify.annotations.NullMarked;
