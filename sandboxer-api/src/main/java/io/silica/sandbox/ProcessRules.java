// SPDX-License-Identifier: Apache-2.0
package io.silica.sandbox;

/**
 * How each request to a process is answered in each state.
 *
 * <p>A signal to a process that has ended is refused as not found, which is the one refusal that
 * containerd's StopContainer takes for a success. Figures and pids are told until the delete:
 * containerd asks for them after an exit, too.
 */
public final class ProcessRules {
    private ProcessRules() {}

    /** The table. */
    public static Answer answer(ProcessState state, ProcessRequest request) {
        return switch (state) {
            case ProcessState.Created _ -> whenCreated(request);
            case ProcessState.Running _ -> whenRunning(request);
            case ProcessState.Paused _ -> whenPaused(request);
            case ProcessState.Stopped _ -> whenStopped(request);
        };
    }

    private static Answer whenCreated(ProcessRequest request) {
        return switch (request) {
            case START, KILL, DELETE, UPDATE, RESIZE, CLOSE_STDIN, STATE, WAIT, PIDS, STATISTICS ->
                    Answer.PROCEED;
            case EXEC, PAUSE, RESUME -> Answer.WRONG_STATE;
        };
    }

    private static Answer whenRunning(ProcessRequest request) {
        return switch (request) {
            case KILL, EXEC, PAUSE, UPDATE, RESIZE, CLOSE_STDIN, STATE, WAIT, PIDS, STATISTICS ->
                    Answer.PROCEED;
            case RESUME -> Answer.DONE;
            case START, DELETE -> Answer.WRONG_STATE;
        };
    }

    private static Answer whenPaused(ProcessRequest request) {
        return switch (request) {
            case KILL, RESUME, UPDATE, RESIZE, CLOSE_STDIN, STATE, WAIT, PIDS, STATISTICS ->
                    Answer.PROCEED;
            case PAUSE -> Answer.DONE;
            case START, DELETE, EXEC -> Answer.WRONG_STATE;
        };
    }

    private static Answer whenStopped(ProcessRequest request) {
        return switch (request) {
            case DELETE, STATE, WAIT, PIDS, STATISTICS -> Answer.PROCEED;
            case RESIZE, CLOSE_STDIN -> Answer.DONE;
            case KILL -> Answer.NOT_FOUND;
            case START, EXEC, PAUSE, RESUME, UPDATE -> Answer.WRONG_STATE;
        };
    }
}
