// SPDX-License-Identifier: Apache-2.0
package io.silica.ttrpc;

/** Which side of a streaming call sends more than one message. */
enum StreamShape {
    CLIENT(true, false),
    SERVER(false, true),
    BOTH(true, true);

    private final boolean clientStreams;
    private final boolean serverStreams;

    StreamShape(boolean clientStreams, boolean serverStreams) {
        this.clientStreams = clientStreams;
        this.serverStreams = serverStreams;
    }

    boolean clientStreams() {
        return clientStreams;
    }

    boolean serverStreams() {
        return serverStreams;
    }

    /** Those of the frame that begins the call. */
    int requestFlags() {
        return clientStreams ? Frame.REMOTE_OPEN : Frame.REMOTE_CLOSED;
    }
}
