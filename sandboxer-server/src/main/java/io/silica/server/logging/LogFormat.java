// SPDX-License-Identifier: Apache-2.0
package io.silica.server.logging;

/** How one event is written. */
public enum LogFormat {
    /** One line for people. */
    TEXT,
    /** One JSON object in one line, for machines. */
    JSON
}
