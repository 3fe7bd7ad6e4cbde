// SPDX-License-Identifier: Apache-2.0
package io.silica.server.holder;

/** Whether what containerd holds open to this daemon would survive its death, and if not, why. */
public enum Protection {
    /** A holder keeps every connection. */
    PROTECTED(""),

    /** The configuration wants no holder. */
    OFF(
            "server.holder is empty in the configuration: containers would be lost with this daemon;"
                    + " leave the key out and start a holder"),

    /** There was none when the daemon started. */
    NO_HOLDER(
            "no holder keeps the connections of containerd: containers would be lost with this"
                    + " daemon; when none runs, stop it, start silica-holder or use sandboxctl"
                    + " supervise, and start it again"),

    /** There was one. */
    HOLDER_LOST(
            "the holder is gone: containers go on, but would be lost with this daemon, and no new one"
                    + " can be made; start the holder again"),

    /** The requests that come cannot be kept. */
    NO_JOURNAL(
            "the journal cannot be written: containers would be lost with this daemon; the log of its"
                    + " start says why");

    private final String advice;

    Protection(String advice) {
        this.advice = advice;
    }

    /** What is wrong and what to do, for the operator; empty if nothing is. */
    public String advice() {
        return advice;
    }
}
