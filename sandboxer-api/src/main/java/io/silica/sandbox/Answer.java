// SPDX-License-Identifier: Apache-2.0
package io.silica.sandbox;

/** How a request is answered in a state. */
public enum Answer {
    /** It is carried out. */
    PROCEED,
    /** What it asks for is so already: the caller is told that it succeeded. */
    DONE,
    /** Refused with {@link SandboxException.WrongState}. */
    WRONG_STATE,
    /** Refused with {@link SandboxException.NotFound}: there is nothing left to act on. */
    NOT_FOUND,
    /** Refused with {@link SandboxException.Unavailable}: there is no figure yet, or no more. */
    UNAVAILABLE;

    /**
     * Turns a refusal into its exception.
     *
     * @param request what was asked, as a verb: "start sandbox \"x\""
     * @param state the state's name
     * @return whether the request is to be carried out; false if it is done already
     */
    boolean admits(String request, String state) {
        String refusal = "cannot " + request + " in state " + state;
        return switch (this) {
            case PROCEED -> true;
            case DONE -> false;
            case WRONG_STATE -> throw new SandboxException.WrongState(refusal);
            case NOT_FOUND -> throw new SandboxException.NotFound(refusal);
            case UNAVAILABLE -> throw new SandboxException.Unavailable(refusal);
        };
    }
}
