// SPDX-License-Identifier: Apache-2.0
package io.silica.ttrpc;

/** Counts the unanswered calls of one connection against its limits. Thread safe. */
final class Admission {
    private final ServerLimits limits;
    private int running;
    private int held;
    private int streams;
    private long runningBytes;
    private long heldBytes;

    Admission(ServerLimits limits) {
        this.limits = limits;
    }

    /** Whether another request may be read. */
    synchronized boolean open() {
        return running < limits.runningCalls() && runningBytes < limits.requestBytes();
    }

    synchronized void beginRunning(int bytes) {
        running++;
        runningBytes += bytes;
    }

    /** Returns whether this opened what was shut. */
    synchronized boolean endRunning(int bytes) {
        boolean wasOpen = open();
        running--;
        runningBytes -= bytes;
        return !wasOpen && open();
    }

    /** Returns whether there is room for one more held call; if so, it is counted. */
    synchronized boolean beginHeld(int bytes) {
        if (held >= limits.heldCalls() || heldBytes + bytes > limits.requestBytes()) {
            return false;
        }
        held++;
        heldBytes += bytes;
        return true;
    }

    synchronized void endHeld(int bytes) {
        held--;
        heldBytes -= bytes;
    }

    /**
     * Returns whether there is room for one more stream; if so, it is counted. To stop reading
     * instead could keep back what ends one.
     */
    synchronized boolean beginStream(int bytes) {
        if (streams >= limits.openStreams() || heldBytes + bytes > limits.requestBytes()) {
            return false;
        }
        streams++;
        heldBytes += bytes;
        return true;
    }

    synchronized void endStream(int bytes) {
        streams--;
        heldBytes -= bytes;
    }
}
