// SPDX-License-Identifier: Apache-2.0
package io.silica.sandbox;

/** What can be asked of a process that is there. */
public enum ProcessRequest {
    START,
    KILL,
    DELETE,
    EXEC,
    PAUSE,
    RESUME,
    UPDATE,
    RESIZE,
    CLOSE_STDIN,
    STATE,
    WAIT,
    PIDS,
    STATISTICS;

    /** As a verb in a sentence. */
    public String verb() {
        return switch (this) {
            case START -> "start";
            case KILL -> "signal";
            case DELETE -> "delete";
            case EXEC -> "execute in";
            case PAUSE -> "pause";
            case RESUME -> "resume";
            case UPDATE -> "update";
            case RESIZE -> "resize the terminal of";
            case CLOSE_STDIN -> "close the standard input of";
            case STATE -> "tell the state of";
            case WAIT -> "wait for";
            case PIDS -> "list the processes of";
            case STATISTICS -> "measure";
        };
    }
}
