// SPDX-License-Identifier: Apache-2.0
package io.silica.server.registry;

import io.silica.sandbox.SandboxException;
import java.time.Duration;

/**
 * Counts the changes that are under way, so that a daemon that is asked to stop ends none of them
 * half-way. Waits are not changes: containerd holds them open for as long as a pod lives.
 */
final class InFlight {
    private int count;
    private boolean closed;

    /**
     * A change begins.
     *
     * @return to be closed when it is over
     * @throws SandboxException.Unavailable once the daemon is stopping
     */
    synchronized Change begin() {
        if (closed) {
            throw new SandboxException.Unavailable("the daemon is stopping; ask the next one");
        }
        count++;
        return this::end;
    }

    /**
     * Lets no change begin any more and waits for those under way.
     *
     * @return whether all are over
     */
    synchronized boolean close(Duration patience) throws InterruptedException {
        closed = true;
        long deadline = System.nanoTime() + patience.toNanos();
        for (long left = patience.toMillis(); count > 0 && left > 0; ) {
            wait(left);
            left = (deadline - System.nanoTime()) / 1_000_000;
        }
        return count == 0;
    }

    private synchronized void end() {
        count--;
        notifyAll();
    }

    /** A change that is under way. */
    @FunctionalInterface
    interface Change extends AutoCloseable {
        @Override
        void close();
    }
}
