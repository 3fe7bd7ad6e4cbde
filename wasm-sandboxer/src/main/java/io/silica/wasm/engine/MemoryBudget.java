// SPDX-License-Identifier: Apache-2.0
package io.silica.wasm.engine;

/**
 * What all guests of a process may have together, so that none of them can take what the process
 * itself needs. Any thread may call any method.
 */
public final class MemoryBudget {
    private final long total;
    private long taken;

    /**
     * @param total bytes
     */
    public MemoryBudget(long total) {
        if (total <= 0) {
            throw new IllegalArgumentException("a budget of " + total + " bytes is none");
        }
        this.total = total;
    }

    /** All of it, in bytes. */
    public long total() {
        return total;
    }

    /** What nobody has, and nothing is set aside for, in bytes. */
    public synchronized long left() {
        return total - taken;
    }

    /** Whether there is so much left, which is then taken. */
    synchronized boolean take(long bytes) {
        boolean left = bytes <= total - taken;
        if (left) {
            taken += bytes;
        }
        return left;
    }

    synchronized void give(long bytes) {
        taken -= bytes;
    }
}
