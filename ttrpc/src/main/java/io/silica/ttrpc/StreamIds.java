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
        if (wasTaken(streamId)) {
            return false;
        }
        last = streamId;
        return true;
    }

    /** Whether an id as high as this was taken: then this one is not new. */
    boolean wasTaken(int streamId) {
        return Integer.compareUnsigned(streamId, last) <= 0;
    }

    int last() {
        return last;
    }
}
