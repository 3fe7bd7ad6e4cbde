// SPDX-License-Identifier: Apache-2.0

/**
 * What the daemon says to its operator: one event a line on stderr, as text or JSON.
 *
 * <pre>
 *   our code     System.Logger --+
 *   netty        slf4j ----------+--> logback --> TextEncoder | JsonEncoder --> stderr
 *   gRPC, JDK    java.util.logging
 * </pre>
 *
 * <p>Rules: code logs by {@link System.Logger}, one event per change of state, never in loops and
 * never to throw the same afterwards. Ids go into the context of the thread ({@link
 * io.silica.server.logging.LogContext}), not into each message. Messages are plain concatenations:
 * a pattern with parameters would interpret quotes and braces that a guest chose. Whatever a line
 * holds, it remains one line and moves no cursor.
 *
 * <p>logback is set up by code that it finds as a service: no file is looked for and no XML parser
 * is loaded.
 */
@NullMarked
package io.silica.server.logging;

import org.jspecify.annotations.NullMarked;
