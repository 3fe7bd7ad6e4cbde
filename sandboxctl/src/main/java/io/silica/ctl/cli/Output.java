// SPDX-License-Identifier: Apache-2.0
package io.silica.ctl.cli;

/** How a command prints. */
public enum Output {
    table,
    json
}
