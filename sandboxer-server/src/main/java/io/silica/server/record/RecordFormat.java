// SPDX-License-Identifier: Apache-2.0
package io.silica.server.record;

import io.silica.server.config.ByteSize;
import java.util.regex.Pattern;

/**
 * How records of one sort are written.
 *
 * @param kind what the records are of, in lower-case words joined by dashes; a file of another kind
 *     is not read
 * @param version counts from one and grows with each change that a program which does not know it
 *     may not overlook; files of older versions are read into the same type, newer ones are
 *     quarantined
 * @param written the version in which files are written: this one or one before
 * @param form what a record looks like as JSON. A component can be added without a new version if a
 *     program may do without it
 * @param maxSize what a file may have at most
 */
public record RecordFormat<T>(
        String kind, int version, int written, RecordForm<T> form, ByteSize maxSize) {
    private static final Pattern KIND = Pattern.compile("[a-z]+(-[a-z]+)*");

    public RecordFormat {
        if (!KIND.matcher(kind).matches()) {
            throw new IllegalArgumentException(
                    "a kind of record is lower-case words joined by dashes: " + kind);
        }
        if (version < 1) {
            throw new IllegalArgumentException("versions count from one: " + version);
        }
        if (written < 1 || written > version) {
            throw new IllegalArgumentException(
                    "version %d cannot be written in version %d".formatted(version, written));
        }
    }

    /** One that is written in its newest version. */
    public RecordFormat(String kind, int version, RecordForm<T> form, ByteSize maxSize) {
        this(kind, version, version, form, maxSize);
    }

    /** The same in the format of a state directory, which counts the versions of its records. */
    public RecordFormat<T> in(StateFormat state) {
        return new RecordFormat<>(kind, state.newest(), state.format(), form, maxSize);
    }
}
