// SPDX-License-Identifier: Apache-2.0
package io.silica.server.logging;

import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.encoder.EncoderBase;
import java.nio.charset.StandardCharsets;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeFormatterBuilder;
import java.util.Objects;

/** Turns an event into one line. */
abstract class EventEncoder extends EncoderBase<ILoggingEvent> {
    private static final DateTimeFormatter TIME =
            new DateTimeFormatterBuilder().appendInstant(3).toFormatter();
    private static final byte[] NOTHING = {};

    /** Appends the event without the line's end. */
    abstract void append(StringBuilder line, ILoggingEvent event);

    @Override
    public final byte[] encode(ILoggingEvent event) {
        var line = new StringBuilder(256);
        append(line, event);
        return line.append('\n').toString().getBytes(StandardCharsets.UTF_8);
    }

    @Override
    public final byte[] headerBytes() {
        return NOTHING;
    }

    @Override
    public final byte[] footerBytes() {
        return NOTHING;
    }

    /** RFC 3339, in UTC, to the millisecond: always of the same length. */
    static String time(ILoggingEvent event) {
        return TIME.format(event.getInstant());
    }

    static String message(ILoggingEvent event) {
        return Objects.requireNonNullElse(event.getFormattedMessage(), "");
    }
}
