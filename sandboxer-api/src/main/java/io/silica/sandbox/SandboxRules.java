// SPDX-License-Identifier: Apache-2.0
package io.silica.sandbox;

/**
 * How each request to a sandbox is answered in each state.
 *
 * <p>Start and stop are idempotent: a caller whose answer was lost asks again. A measurement is
 * refused as unavailable, never as unsupported: containerd 2.4 leaves out a pod whose figures are
 * unavailable, and loses every pod of the node over any other refusal.
 */
public final class SandboxRules {
    private SandboxRules() {}

    /** The table. */
    public static Answer answer(SandboxState state, SandboxRequest request) {
        return switch (state) {
            case SandboxState.Created _ -> whenCreated(request);
            case SandboxState.Running _ -> whenRunning(request);
            case SandboxState.Stopped _ -> whenStopped(request);
        };
    }

    /**
     * The table, with refusals as exceptions.
     *
     * @return whether the request is to be carried out; false if it is done already
     */
    public static boolean admits(SandboxId id, SandboxState state, SandboxRequest request) {
        return answer(state, request)
                .admits(request.verb() + " sandbox \"" + id + "\"", state.label());
    }

    private static Answer whenCreated(SandboxRequest request) {
        return switch (request) {
            case START, STOP, SHUTDOWN, STATUS, WAIT, UPDATE -> Answer.PROCEED;
            case METRICS -> Answer.UNAVAILABLE;
            case CREATE_CONTAINER -> Answer.WRONG_STATE;
        };
    }

    private static Answer whenRunning(SandboxRequest request) {
        return switch (request) {
            case START -> Answer.DONE;
            case STOP, SHUTDOWN, STATUS, WAIT, METRICS, UPDATE, CREATE_CONTAINER -> Answer.PROCEED;
        };
    }

    private static Answer whenStopped(SandboxRequest request) {
        return switch (request) {
            case SHUTDOWN, STATUS, WAIT -> Answer.PROCEED;
            case STOP -> Answer.DONE;
            case METRICS -> Answer.UNAVAILABLE;
            case START, UPDATE, CREATE_CONTAINER -> Answer.WRONG_STATE;
        };
    }
}
