// SPDX-License-Identifier: Apache-2.0
package io.silica.server.logging;

/** How much is logged: the named level and those before it. */
public enum LogLevel {
    ERROR,
    WARN,
    INFO,
    DEBUG,
    TRACE
}
