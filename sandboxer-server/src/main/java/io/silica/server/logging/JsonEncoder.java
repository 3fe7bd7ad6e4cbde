// SPDX-License-Identifier: Apache-2.0
package io.silica.server.logging;

import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.ThrowableProxyUtil;
import java.util.Locale;

/**
 * One object a line: {@code time}, {@code level}, {@code logger}, {@code thread}, the fields of the
 * context, {@code message} and, if something was thrown, {@code stack}.
 */
final class JsonEncoder extends EventEncoder {
    @Override
    void append(StringBuilder line, ILoggingEvent event) {
        line.append("{\"time\":\"").append(time(event)).append('"');
        field(line, "level", event.getLevel().toString().toLowerCase(Locale.ROOT));
        field(line, "logger", event.getLoggerName());
        field(line, "thread", event.getThreadName());
        event.getMDCPropertyMap().forEach((name, value) -> field(line, name, value));
        field(line, "message", message(event));
        var thrown = event.getThrowableProxy();
        if (thrown != null) {
            field(line, "stack", ThrowableProxyUtil.asString(thrown));
        }
        line.append('}');
    }

    private static void field(StringBuilder line, String name, String value) {
        line.append(",\"").append(name).append("\":\"");
        PrintableText.appendJson(line, value);
        line.append('"');
    }
}
