// SPDX-License-Identifier: Apache-2.0
package io.silica.ttrpc;

/** The rule for the ids that a client gives to its streams: odd, and each above those before. */
final class StreamIds {
    private int last;

    StreamIds(int last) {
        this.last = last;
    }

    static boolean isClients(int streamId) {
        return (streamId & 1) != 0;
    }

    /** Takes the id of a new stream; false if it does not increase. */
    boolean take(int streamId) {
        if (Integer.compareUnsigned(streamId, last) <= 0) {
            return false;
        }
        last = streamId;
        return true;
    }

    int last() {
        return last;
    }
}
