// SPDX-License-Identifier: Apache-2.0
package io.silica.server.logging;

import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.ThrowableProxyUtil;

/**
 * One line for people: {@code 2026-11-22T10:15:30.123Z INFO io.silica.X sandbox_id=a: message}. A
 * stack trace follows in lines of its own, each of which begins with a tab.
 */
final class TextEncoder extends EventEncoder {
    @Override
    void append(StringBuilder line, ILoggingEvent event) {
        line.append(time(event)).append(' ').append(event.getLevel());
        line.append(event.getLevel().toString().length() < 5 ? "  " : " ");
        PrintableText.append(line, event.getLoggerName());
        event.getMDCPropertyMap()
                .forEach((name, value) -> {
                    line.append(' ').append(name).append('=');
                    PrintableText.append(line, value);
                });
        line.append(": ");
        PrintableText.append(line, message(event));
        appendStack(line, event);
    }

    private static void appendStack(StringBuilder line, ILoggingEvent event) {
        var thrown = event.getThrowableProxy();
        if (thrown != null) {
            appendStack(line, ThrowableProxyUtil.asString(thrown));
        }
    }

    private static void appendStack(StringBuilder line, String stack) {
        int most = line.length() + PrintableText.LONGEST;
        // A message with line breaks is cut into lines, too: the tab says that they are no events.
        for (var frame : stack.lines().toList()) {
            if (line.length() >= most) {
                line.append("\n\t...");
                return;
            }
            line.append("\n\t");
            PrintableText.append(line, frame.strip());
        }
    }
}
