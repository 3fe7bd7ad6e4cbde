// SPDX-License-Identifier: Apache-2.0
package io.silica.server.logging;

import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.OutputStreamAppender;
import java.io.OutputStream;

/** Writes each event at once, and with one write, to a stream that it does not own. */
final class LineAppender extends OutputStreamAppender<ILoggingEvent> {
    private LineAppender() {}

    static LineAppender started(LoggerContext context, LogFormat format, OutputStream out) {
        var appender = new LineAppender();
        appender.setContext(context);
        appender.setEncoder(encoder(format));
        appender.setOutputStream(out);
        appender.start();
        return appender;
    }

    /** Leaves stderr open: it outlives any configuration. */
    @Override
    protected void closeOutputStream() {}

    private static EventEncoder encoder(LogFormat format) {
        return switch (format) {
            case TEXT -> new TextEncoder();
            case JSON -> new JsonEncoder();
        };
    }
}
