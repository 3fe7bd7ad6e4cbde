// SPDX-License-Identifier: Apache-2.0
package io.silica.server.journal;

import org.jspecify.annotations.Nullable;

/** What a record says. */
enum RecordKind {
    /** A connection is kept from here on; comes before all others of it. */
    CONNECTION(1),
    /** A connection is no longer kept. */
    CLOSED(2),
    /** Bytes were read from a connection. */
    CHUNK(3),
    /** The request on a stream has its answer. */
    ANSWERED(4),
    /** A whole request that has no answer, from a half before. */
    REQUEST(5),
    /** The beginning of a frame, from a half before. */
    PARTIAL(6);

    private static final RecordKind[] BY_NUMBER = {
        null, CONNECTION, CLOSED, CHUNK, ANSWERED, REQUEST, PARTIAL
    };

    private final int number;

    RecordKind(int number) {
        this.number = number;
    }

    int number() {
        return number;
    }

    static @Nullable RecordKind ofNumber(int number) {
        return number > 0 && number < BY_NUMBER.length ? BY_NUMBER[number] : null;
    }
}
