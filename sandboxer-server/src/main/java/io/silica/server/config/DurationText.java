// SPDX-License-Identifier: Apache-2.0
package io.silica.server.config;

import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.Optional;
import java.util.regex.Pattern;

/** Durations as one number and one unit: {@code 250ms}, {@code 5s}, {@code 2m}, {@code 1h}. */
public final class DurationText {
    // Nine digits of hours still fit: nobody can overflow a Duration.
    private static final Pattern TEXT = Pattern.compile("(\\d{1,9})(ms|s|m|h)");

    private DurationText() {}

    /** What a text says; empty if it is no duration. */
    public static Optional<Duration> parse(String text) {
        var match = TEXT.matcher(text);
        return match.matches()
                ? Optional.of(Duration.of(Long.parseLong(match.group(1)), unit(match.group(2))))
                : Optional.empty();
    }

    /** The shortest exact spelling of a duration of whole milliseconds. */
    public static String format(Duration duration) {
        long millis = duration.toMillis();
        if (millis % 1000 != 0) {
            return millis + "ms";
        }
        long seconds = millis / 1000;
        if (seconds == 0 || seconds % 60 != 0) {
            return seconds + "s";
        }
        return seconds % 3600 == 0 ? seconds / 3600 + "h" : seconds / 60 + "m";
    }

    private static ChronoUnit unit(String name) {
        return switch (name) {
            case "ms" -> ChronoUnit.MILLIS;
            case "s" -> ChronoUnit.SECONDS;
            case "m" -> ChronoUnit.MINUTES;
            case "h" -> ChronoUnit.HOURS;
            default -> throw new IllegalArgumentException("no unit of time: " + name);
        };
    }
}
