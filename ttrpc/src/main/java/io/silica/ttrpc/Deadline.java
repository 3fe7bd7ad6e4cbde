// SPDX-License-Identifier: Apache-2.0
package io.silica.ttrpc;

import java.time.Duration;

/** A point in time after which nobody waits, on the monotonic clock; or none. */
record Deadline(boolean exists, long nanoTime) {
    static final Deadline NONE = new Deadline(false, 0);

    static Deadline afterNanos(long nanos) {
        return new Deadline(true, System.nanoTime() + nanos);
    }

    static Deadline after(Duration timeout) {
        return afterNanos(saturatedNanos(timeout));
    }

    /**
     * Nanoseconds left, not positive if it has passed, {@link Long#MAX_VALUE} if there is no
     * deadline.
     */
    long remainingNanos() {
        return exists ? nanoTime - System.nanoTime() : Long.MAX_VALUE;
    }

    boolean passed() {
        return remainingNanos() <= 0;
    }

    private static long saturatedNanos(Duration timeout) {
        var most = Duration.ofNanos(Long.MAX_VALUE / 2);
        return timeout.compareTo(most) < 0 ? timeout.toNanos() : most.toNanos();
    }
}
