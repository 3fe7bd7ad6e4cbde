// SPDX-License-Identifier: Apache-2.0
package io.silica.server.registry;

import io.silica.sandbox.ExitStatus;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import org.jspecify.annotations.Nullable;

/** Values of a record that its kind of file leaves open: absent, or texts that mean something. */
final class RecordValue {
    private RecordValue() {}

    /**
     * @throws IllegalArgumentException if it is missing
     */
    static <T> T present(String key, @Nullable T value) {
        if (value == null) {
            throw new IllegalArgumentException(key + " is missing");
        }
        return value;
    }

    /**
     * @throws IllegalArgumentException if it is missing or no time
     */
    static Instant instant(String key, @Nullable String text) {
        try {
            return Instant.parse(present(key, text));
        } catch (DateTimeParseException e) {
            throw new IllegalArgumentException(key + " is not a time: " + text, e);
        }
    }

    /**
     * @throws IllegalArgumentException if it is incomplete or there is no such code
     */
    static ExitStatus exit(@Nullable Integer code, @Nullable String at) {
        return new ExitStatus(present("exit-code", code), instant("exited-at", at));
    }
}
