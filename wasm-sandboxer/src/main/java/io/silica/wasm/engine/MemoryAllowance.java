// SPDX-License-Identifier: Apache-2.0
package io.silica.wasm.engine;

/**
 * What the memories and tables of one guest may take. Its engine asks before it gives the guest
 * more, and says when the guest is gone. Any thread may call any method.
 */
public final class MemoryAllowance {
    /** What a limit may be raised to while a guest runs: an engine may prepare for that. */
    private static final long RAISED = 8;

    private final MemoryBudget budget;
    private final long most;
    private long limit;
    private long taken;
    private boolean refused;

    /**
     * @param limit bytes; more than the budget has is as much as that
     * @param budget what it shares with others
     */
    public MemoryAllowance(long limit, MemoryBudget budget) {
        if (limit <= 0) {
            throw new IllegalArgumentException("memory limit " + limit + " is not positive");
        }
        this.budget = budget;
        this.limit = Math.min(limit, budget.total());
        this.most =
                Math.min(
                        budget.total(),
                        Math.multiplyExact(Math.min(limit, budget.total()), RAISED));
    }

    /** Bytes that it may take. */
    public synchronized long limit() {
        return limit;
    }

    /** Bytes to which the limit can be raised at most. */
    public long most() {
        return most;
    }

    /** Bytes that it has taken. */
    public synchronized long taken() {
        return taken;
    }

    /**
     * Changes the limit.
     *
     * @return false if it has taken more already, or it is beyond {@link #most}: then nothing has
     *     changed
     */
    public synchronized boolean change(long bytes) {
        if (bytes < taken || bytes > most) {
            return false;
        }
        limit = bytes;
        return true;
    }

    /** Takes so much more, if the limit and the budget leave it. */
    public synchronized boolean take(long bytes) {
        refused = bytes > limit - taken || !budget.take(bytes);
        if (!refused) {
            taken += bytes;
        }
        return !refused;
    }

    /** The engine could not give what was taken last. */
    public synchronized void failed(long bytes) {
        give(bytes);
        refused = true;
    }

    /** Whether the last that was asked for was not given. */
    public synchronized boolean wasRefused() {
        return refused;
    }

    /** Gives everything back: the guest is gone. */
    public synchronized void release() {
        give(taken);
    }

    private void give(long bytes) {
        taken -= bytes;
        budget.give(bytes);
    }
}
