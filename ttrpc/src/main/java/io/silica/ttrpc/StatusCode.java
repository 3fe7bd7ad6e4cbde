// SPDX-License-Identifier: Apache-2.0
package io.silica.ttrpc;

/** How a call ended. The codes and their numbers are those of gRPC, which ttrpc shares. */
public enum StatusCode {
    /** It succeeded. */
    OK(0),
    /** Whoever called, or had the connection, gave it up. */
    CANCELLED(1),
    /** It failed in a way that has no code. */
    UNKNOWN(2),
    /** What was asked makes no sense, whatever the state. */
    INVALID_ARGUMENT(3),
    /** The time was over first. */
    DEADLINE_EXCEEDED(4),
    /** What it is about is not there. */
    NOT_FOUND(5),
    /** What it would make is there already. */
    ALREADY_EXISTS(6),
    /** The caller may not. */
    PERMISSION_DENIED(7),
    /** There is no room left, or a message is too long. */
    RESOURCE_EXHAUSTED(8),
    /** It makes no sense in the state that is. */
    FAILED_PRECONDITION(9),
    /** It was given up because of something else that went on. */
    ABORTED(10),
    /** It goes beyond the end of something. */
    OUT_OF_RANGE(11),
    /** Nothing here does that. */
    UNIMPLEMENTED(12),
    /** A rule that must hold was broken. */
    INTERNAL(13),
    /** Nobody is there now to answer; later there may be. */
    UNAVAILABLE(14),
    /** Something is lost for good. */
    DATA_LOSS(15),
    /** It is not known who calls. */
    UNAUTHENTICATED(16);

    private static final StatusCode[] BY_NUMBER = values();

    private final int number;

    StatusCode(int number) {
        this.number = number;
    }

    /** The number on the wire. */
    public int number() {
        return number;
    }

    /** The code with this number; {@link #UNKNOWN} for a number that has no meaning. */
    public static StatusCode ofNumber(int number) {
        return number >= 0 && number < BY_NUMBER.length ? BY_NUMBER[number] : UNKNOWN;
    }
}
