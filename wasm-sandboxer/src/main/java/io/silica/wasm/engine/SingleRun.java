// SPDX-License-Identifier: Apache-2.0
package io.silica.wasm.engine;

import org.jspecify.annotations.Nullable;

/**
 * The only run of an instance, on one thread, which can be interrupted before it and during it.
 * Safe for use by any thread.
 */
public final class SingleRun {
    private boolean used;
    private volatile boolean interrupted;
    private @Nullable Thread guest;

    /**
     * It begins, on this thread.
     *
     * @throws IllegalStateException if it did before
     */
    public synchronized void enter() {
        if (used) {
            throw new IllegalStateException("an instance runs once");
        }
        used = true;
        guest = Thread.currentThread();
    }

    /** It is over. An interrupt was meant for the guest; its thread goes on without it. */
    public synchronized void leave() {
        guest = null;
        if (interrupted) {
            var _ = Thread.interrupted();
        }
    }

    /**
     * Asks for its end, and wakes its thread.
     *
     * @return whether it runs, and this is the first time
     */
    public synchronized boolean interrupt() {
        boolean first = !interrupted;
        interrupted = true;
        if (guest != null) {
            guest.interrupt();
        }
        return first && guest != null;
    }

    /** Whether somebody has asked for its end. */
    public boolean isInterrupted() {
        return interrupted;
    }

    public synchronized boolean isRunning() {
        return guest != null;
    }
}
