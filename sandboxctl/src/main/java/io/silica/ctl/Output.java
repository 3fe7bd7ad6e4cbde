// SPDX-License-Identifier: Apache-2.0
package io.silica.ctl;

/** How a command prints. */
enum Output {
    table,
    json
}
