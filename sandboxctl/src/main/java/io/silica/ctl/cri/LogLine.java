// SPDX-License-Identifier: Apache-2.0
package io.silica.ctl.cri;

import com.google.protobuf.ByteString;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.OffsetDateTime;

/**
 * One line of a container's log: {@code <RFC 3339 time> <stdout|stderr> <tags> <content>}, as CRI
 * defines it.
 *
 * @param partial the content goes on in the next line of the same stream: no newline was written
 *     here
 * @param content what the container wrote, without its newline; any bytes
 */
public record LogLine(Instant time, Stream stream, boolean partial, ByteString content) {
    private static final ByteString SPACE = ByteString.copyFromUtf8(" ");

    /** Where a container wrote. */
    public enum Stream {
        STDOUT,
        STDERR
    }

    /**
     * Reads a line.
     *
     * @param line without its newline
     * @throws IllegalArgumentException if it is not a line of a container's log
     */
    public static LogLine parse(ByteString line) {
        int time = indexOfSpace(line, 0);
        int stream = indexOfSpace(line, time + 1);
        int tags = indexOfSpace(line, stream + 1);
        return new LogLine(
                time(line.substring(0, time).toStringUtf8()),
                stream(line.substring(time + 1, stream).toStringUtf8()),
                isPartial(line.substring(stream + 1, tags).toStringUtf8()),
                line.substring(tags + 1));
    }

    private static int indexOfSpace(ByteString line, int from) {
        for (int i = from; i < line.size(); i++) {
            if (line.byteAt(i) == SPACE.byteAt(0)) {
                return i;
            }
        }
        throw new IllegalArgumentException(
                "no line of a container's log: \"%s\"".formatted(line.toStringUtf8()));
    }

    private static Instant time(String text) {
        try {
            return OffsetDateTime.parse(text).toInstant();
        } catch (DateTimeException e) {
            throw new IllegalArgumentException("no time of a container's log: " + text, e);
        }
    }

    private static Stream stream(String text) {
        return switch (text) {
            case "stdout" -> Stream.STDOUT;
            case "stderr" -> Stream.STDERR;
            default ->
                    throw new IllegalArgumentException("no stream of a container's log: " + text);
        };
    }

    /** Tags are separated by colons; the first is P (partial) or F (full). */
    private static boolean isPartial(String tags) {
        String first = tags.split(":", 2)[0];
        return switch (first) {
            case "P" -> true;
            case "F" -> false;
            default -> throw new IllegalArgumentException("no tag of a container's log: " + tags);
        };
    }
}
