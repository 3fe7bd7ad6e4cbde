// SPDX-License-Identifier: Apache-2.0
package io.silica.server.stream;

/**
 * Holds back small messages when there are many. The window counts bytes; but containerd's client
 * has room for 64 messages of a stream and gives the stream up if none of them is taken for a
 * second. With bursts of 32, and one in 50 ms after that, a containerd that stands still for two
 * seconds loses nothing. What comes meanwhile goes with the next message. For one thread.
 */
final class MessagePace {
    /** No more than 32 of these fit into the window. */
    private static final int LARGE = 4 << 10;

    private static final long BURST = 32;
    private static final long INTERVAL_NANOS = 50_000_000;

    /** When the burst would be there again as a whole. */
    private long full = System.nanoTime();

    /** For how long nothing is to be sent. */
    long delayNanos() {
        long debt = full - System.nanoTime();
        return Math.max(0, debt - (BURST - 1) * INTERVAL_NANOS);
    }

    /** A message was sent. */
    void sent(int bytes) {
        if (bytes < LARGE) {
            full = Math.max(full, System.nanoTime()) + INTERVAL_NANOS;
        }
    }
}
