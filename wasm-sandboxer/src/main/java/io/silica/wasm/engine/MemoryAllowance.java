// SPDX-License-Identifier: Apache-2.0
package io.silica.wasm.engine;

import java.util.Optional;

/**
 * What the memories and tables of one guest may take. Its engine asks before it gives the guest
 * more, and says when the guest is gone. Any thread may call any method.
 */
public final class MemoryAllowance {
    /** What a limit may be raised to while a guest runs: an engine may prepare for that. */
    private static final long RAISED = 8;

    private final MemoryBudget budget;
    private final PodMemory pod;
    private final long overhead;
    private final long most;
    private long limit;
    private long taken;
    private boolean promised;
    private boolean refused;
    private boolean released;

    /**
     * One for which nothing is set aside: what it takes has to be left when it asks.
     *
     * @param limit bytes; more than the budget has is as much as that
     * @param budget what it shares with others
     */
    public MemoryAllowance(long limit, MemoryBudget budget) {
        this(limit, budget, new PodMemory(), 0, false);
    }

    private MemoryAllowance(
            long limit, MemoryBudget budget, PodMemory pod, long overhead, boolean promised) {
        if (limit <= 0) {
            throw new IllegalArgumentException("memory limit " + limit + " is not positive");
        }
        this.budget = budget;
        this.pod = pod;
        this.overhead = overhead;
        this.promised = promised;
        this.limit = Math.min(limit, budget.total());
        this.most =
                Math.min(
                        budget.total(),
                        Math.multiplyExact(Math.min(limit, budget.total()), RAISED));
        pod.enter(promised);
    }

    /**
     * One for which its limit is set aside until it is released, whether it takes it or not; empty
     * if the budget has not so much left.
     *
     * @param limit bytes
     */
    public static Optional<MemoryAllowance> promised(long limit, MemoryBudget budget) {
        return limit > 0 && budget.take(limit)
                ? Optional.of(new MemoryAllowance(limit, budget, new PodMemory(), 0, true))
                : Optional.empty();
    }

    /**
     * One for a guest whose limit and overhead have been taken of the budget.
     *
     * @param limit bytes; 0 for none, for which nothing is set aside
     */
    static MemoryAllowance admitted(long limit, MemoryBudget budget, PodMemory pod, long overhead) {
        return limit == 0
                ? new MemoryAllowance(budget.total(), budget, pod, overhead, false)
                : new MemoryAllowance(limit, budget, pod, overhead, true);
    }

    /** Bytes that it may take, if its pod's other guests take none. */
    public synchronized long limit() {
        return Math.min(limit, pod.limit());
    }

    /** Bytes to which the limit can be raised at most. */
    public long most() {
        return most;
    }

    /** Bytes to which the limit could be raised now. */
    public synchronized long attainable() {
        return Math.min(most, setAside() + budget.left());
    }

    /** Bytes that it has taken. */
    public synchronized long taken() {
        return taken;
    }

    /** What the budget has given for it. */
    private long setAside() {
        return promised ? limit : taken;
    }

    /**
     * Takes the limit away: nothing is set aside for it from now on, and what it takes has to be
     * left when it asks.
     */
    public synchronized void lift() {
        if (promised && !released) {
            budget.give(limit - taken);
            promise(false);
        }
        limit = most;
    }

    /**
     * Changes the limit, for which it is set aside from now on.
     *
     * @return false if it has taken more already, it is beyond {@link #most}, or the budget has not
     *     so much left that could be set aside: then nothing has changed
     */
    public synchronized boolean change(long bytes) {
        if (bytes < taken || bytes > most || !isSetAside(bytes)) {
            return false;
        }
        limit = bytes;
        return true;
    }

    private boolean isSetAside(long bytes) {
        if (released) {
            return true;
        }
        long before = setAside();
        if (bytes < before) {
            budget.give(before - bytes);
        } else if (!budget.take(bytes - before)) {
            return false;
        }
        promise(true);
        return true;
    }

    /** It enters before it leaves: a pod that has no guests is forgotten. */
    private void promise(boolean now) {
        pod.enter(now);
        pod.leave(promised);
        promised = now;
    }

    /** Takes so much more, if the limit and the budget leave it. */
    public synchronized boolean take(long bytes) {
        refused = bytes > limit - taken || !isLeft(bytes);
        if (!refused) {
            taken += bytes;
        }
        return !refused;
    }

    private boolean isLeft(long bytes) {
        if (!pod.take(bytes)) {
            return false;
        }
        if (promised || budget.take(bytes)) {
            return true;
        }
        pod.give(bytes);
        return false;
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

    /** Gives everything back: the guest is gone. Doing it twice is harmless. */
    public synchronized void release() {
        give(taken);
        if (released) {
            return;
        }
        released = true;
        budget.give(overhead + (promised ? limit : 0));
        pod.leave(promised);
    }

    private void give(long bytes) {
        taken -= bytes;
        pod.give(bytes);
        if (!promised) {
            budget.give(bytes);
        }
    }
}
