// SPDX-License-Identifier: Apache-2.0
package io.silica.sandbox;

/** What can be asked of a sandbox that is there. */
public enum SandboxRequest {
    START,
    STOP,
    SHUTDOWN,
    STATUS,
    WAIT,
    METRICS,
    UPDATE,
    CREATE_CONTAINER;

    /** As a verb in a sentence. */
    public String verb() {
        return switch (this) {
            case START -> "start";
            case STOP -> "stop";
            case SHUTDOWN -> "shut down";
            case STATUS -> "tell the status of";
            case WAIT -> "wait for";
            case METRICS -> "measure";
            case UPDATE -> "update";
            case CREATE_CONTAINER -> "create a container in";
        };
    }
}
