// SPDX-License-Identifier: Apache-2.0
package io.silica.wasm.worker;

import io.silica.linux.Niceness;

/**
 * What CPU shares are for the thread of a guest, beside other guests of its worker: a step of
 * niceness is a quarter of a thread's weight, as a weight of 1024 shares is that of one CPU. The
 * threads that serve the daemon are not nice at all, so that they come first.
 */
final class GuestNiceness {
    private static final double STEP = Math.log(1.25);
    private static final long ONE_CPU = 1024;

    /** In the middle, with room for more and for less. */
    private static final int OF_ONE_CPU = 6;

    private GuestNiceness() {}

    /**
     * From 1 on.
     *
     * @param shares as cgroup v1 counts them; 0 if none were asked for
     */
    static int of(long shares) {
        double steps = shares == 0 ? 0 : Math.log((double) ONE_CPU / shares) / STEP;
        return Math.clamp(Math.round(OF_ONE_CPU + steps), 1, Niceness.MOST);
    }
}
