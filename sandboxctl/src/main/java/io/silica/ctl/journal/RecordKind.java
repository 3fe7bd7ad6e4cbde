// SPDX-License-Identifier: Apache-2.0
package io.silica.ctl.journal;

/** What a record says, in the order of the numbers that stand for it, from 1 on. */
enum RecordKind {
    /** A connection is kept from here on. */
    CONNECTION,
    /** A connection is no longer kept. */
    CLOSED,
    /** Bytes were read from a connection. */
    CHUNK,
    /** The request on a stream has its answer. */
    ANSWERED,
    /** A whole request that has no answer, from a half before. */
    REQUEST,
    /** The beginning of a frame, from a half before. */
    PARTIAL;

    private static final RecordKind[] ALL = values();

    static boolean isKnown(int number) {
        return number > 0 && number <= ALL.length;
    }

    static RecordKind of(int number) {
        return ALL[number - 1];
    }
}
