// SPDX-License-Identifier: Apache-2.0
package io.silica.ttrpc;

/**
 * Where a call came from.
 *
 * @param streamId unsigned
 * @param flags of the frame of its request
 * @param ageNanos how long ago its request came
 * @param replay whether an earlier life of this server has begun it already
 */
record CallOrigin(int streamId, int flags, long ageNanos, boolean replay) {
    /** A request that has just come. */
    static CallOrigin arrived(Frame request) {
        return new CallOrigin(request.streamId(), request.flags(), 0, false);
    }

    static CallOrigin replayed(Frame request, long ageNanos) {
        return new CallOrigin(request.streamId(), request.flags(), ageNanos, true);
    }

    boolean has(int flag) {
        return (flags & flag) != 0;
    }
}
