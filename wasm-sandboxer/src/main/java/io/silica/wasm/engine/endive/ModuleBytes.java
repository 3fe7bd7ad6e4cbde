// SPDX-License-Identifier: Apache-2.0
package io.silica.wasm.engine.endive;

import io.silica.wasm.engine.ModuleException;

/** Goes through a module, whose numbers say how much follows. */
final class ModuleBytes {
    private static final int HEADER = 8;
    private static final int LEB_BITS = 7;
    private static final int LEB_MAXIMUM_BYTES = 5;
    private static final int LEB_MAXIMUM_BYTES_OF_64_BITS = 10;

    /** What begins the type of a reference, and has another number after it. */
    private static final int REFERENCE = 0x64;

    private static final int NULLABLE_REFERENCE = 0x63;

    private final byte[] binary;
    private int at = HEADER;

    /** Begins behind the header. */
    ModuleBytes(byte[] binary) {
        this.binary = binary;
    }

    boolean isAtEnd() {
        return at >= binary.length;
    }

    /** Where something ends that has so many bytes from here on. */
    int end(long bytes) {
        return (int) Math.min(binary.length, at + bytes);
    }

    void goTo(int place) {
        at = place;
    }

    /** The next byte; 0 if there is none. */
    int octet() {
        return isAtEnd() ? 0 : binary[at++] & 0xff;
    }

    void skip(int bytes) {
        at = end(bytes);
    }

    /** A number of 32 bits; 0 if there is none. */
    long number() {
        long value = 0;
        for (int i = 0; i < LEB_MAXIMUM_BYTES && at < binary.length; i++) {
            byte next = binary[at++];
            value |= (long) (next & 0x7f) << (LEB_BITS * i);
            if (next >= 0) {
                break;
            }
        }
        return value;
    }

    /** Passes over a number of any size. */
    void skipNumber() {
        for (int i = 0; i < LEB_MAXIMUM_BYTES_OF_64_BITS && octet() >= 0x80; i++) {}
    }

    /** Passes over the type of a value. */
    void skipType() {
        long type = number();
        if (type == REFERENCE || type == NULLABLE_REFERENCE) {
            skipNumber();
        }
    }

    /**
     * Refuses a module that says that more follows than it has bytes for, of which each takes one
     * at the least.
     *
     * @param end where all of it has to be over
     */
    void requireRoom(long count, String what, int end) {
        if (count > end - at) {
            throw new ModuleException.Invalid(
                    "it is malformed: it says that it has %d %s, and %d bytes are left for that"
                            .formatted(count, what, Math.max(0, end - at)));
        }
    }
}
