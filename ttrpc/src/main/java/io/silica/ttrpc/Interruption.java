// SPDX-License-Identifier: Apache-2.0
package io.silica.ttrpc;

/** What the interrupt of a thread that waits for a call becomes. */
final class Interruption {
    private Interruption() {}

    /** The failure to throw; the thread stays interrupted. */
    static TtrpcException of(InterruptedException cause) {
        Thread.currentThread().interrupt();
        return new TtrpcException(
                TtrpcStatus.of(StatusCode.CANCELLED, "the thread that waits was interrupted"),
                cause);
    }
}
