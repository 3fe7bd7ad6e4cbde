// SPDX-License-Identifier: Apache-2.0
package io.silica.ttrpc;

/** What a frame is for. */
enum FrameType {
    /** A type that this version does not know: such frames are ignored, as the protocol asks. */
    UNRECOGNIZED(0),
    /** Client to server: begins a call. */
    REQUEST(1),
    /** Server to client: ends a call. */
    RESPONSE(2),
    /** Either way: a message of a streaming call. */
    DATA(3);

    private final byte number;

    FrameType(int number) {
        this.number = (byte) number;
    }

    byte number() {
        return number;
    }

    static FrameType ofNumber(byte number) {
        return switch (number) {
            case 1 -> REQUEST;
            case 2 -> RESPONSE;
            case 3 -> DATA;
            default -> UNRECOGNIZED;
        };
    }
}
