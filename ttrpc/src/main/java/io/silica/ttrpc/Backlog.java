// SPDX-License-Identifier: Apache-2.0
package io.silica.ttrpc;

import java.nio.ByteBuffer;
import java.util.List;

/**
 * What an earlier life of a server has read from a connection that outlived it, and has not done
 * with: its successor begins where that one ended.
 *
 * @param lastStreamId of the last call that was begun, unsigned; 0 if there was none
 * @param requests those without an answer, in the order in which they came
 * @param toSkip how many of the next bytes belong to a payload that was too long
 * @param tail what was read after the last whole frame
 */
public record Backlog(int lastStreamId, List<Request> requests, int toSkip, ByteBuffer tail) {
    /** That of a new connection. */
    public static final Backlog NONE = new Backlog(0, List.of(), 0, ByteBuffer.allocate(0));

    /** Checked; the requests are copied, and the tail is a view of its own. */
    public Backlog {
        requests = List.copyOf(requests);
        tail = tail.duplicate();
        if (toSkip < 0) {
            throw new IllegalArgumentException("cannot skip %d bytes".formatted(toSkip));
        }
    }

    /** What is left to read of the tail: each call gives another view of the same bytes. */
    @Override
    public ByteBuffer tail() {
        return tail.duplicate();
    }

    /**
     * One request.
     *
     * @param frame remaining bytes are the whole frame; not changed from now on
     * @param ageNanos how long ago it came: its caller has waited for that long
     */
    public record Request(ByteBuffer frame, long ageNanos) {
        /** Checked to be one whole frame. */
        public Request {
            frame = frame.slice();
            if (frame.remaining() != Frame.HEADER_BYTES + frame.getInt(0)) {
                throw new IllegalArgumentException("not one whole frame");
            }
        }

        Frame decoded() {
            return Frame.decode(frame);
        }
    }
}
