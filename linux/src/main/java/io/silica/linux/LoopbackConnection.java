// SPDX-License-Identifier: Apache-2.0
package io.silica.linux;

/**
 * A connection that a {@link LoopbackListener} accepted; it never blocks.
 *
 * @param descriptor the caller's to close, by closing this
 * @param port that was dialled
 */
public record LoopbackConnection(Descriptor descriptor, int port) implements AutoCloseable {
    private static final int SHUT_WR = 1;

    /** Tells the peer that nothing more comes; one that is gone need not know. */
    public void shutdownOutput() {
        long _ = descriptor.attempt(Syscall.SHUTDOWN, SHUT_WR, 0, 0, 0);
    }

    @Override
    public void close() {
        descriptor.close();
    }
}
