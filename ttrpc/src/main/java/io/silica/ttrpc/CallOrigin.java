// SPDX-License-Identifier: Apache-2.0
package io.silica.ttrpc;

/**
 * Where a call came from.
 *
 * @param streamId unsigned
 * @param ageNanos how long ago its request came
 * @param replay whether an earlier life of this server has begun it already
 */
record CallOrigin(int streamId, long ageNanos, boolean replay) {
    /** A request that has just come. */
    static CallOrigin arrived(int streamId) {
        return new CallOrigin(streamId, 0, false);
    }

    static CallOrigin replayed(int streamId, long ageNanos) {
        return new CallOrigin(streamId, ageNanos, true);
    }
}
