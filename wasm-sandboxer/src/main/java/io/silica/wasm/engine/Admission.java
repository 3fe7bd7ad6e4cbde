// SPDX-License-Identifier: Apache-2.0
package io.silica.wasm.engine;

import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * Lets guests into a process, as far as its memory goes: each with its limit, or else with what is
 * left when it asks, and each with what it costs the process besides. Any thread may call any
 * method.
 */
public final class Admission {
    /** What a guest costs besides its memories and tables: its instance, descriptors and thread. */
    public static final long OVERHEAD = 256L << 10;

    private final MemoryBudget budget;
    private final Map<String, PodMemory> pods = new HashMap<>();

    /**
     * @param budget what all guests may have together
     */
    public Admission(MemoryBudget budget) {
        this.budget = budget;
    }

    /** Bytes that no guest has, and that are set aside for none. */
    public long left() {
        return budget.left();
    }

    /** All of them. */
    public long total() {
        return budget.total();
    }

    /**
     * Sets aside what a guest costs, and its limit, if it has one, until its allowance is released;
     * empty if there is not so much left.
     *
     * @param pod whose limit counts for it, too
     * @param limit bytes; 0 for none
     * @param podLimit what the pod's guests may take together from now on; 0 for no limit, and
     *     empty for what they may now
     */
    public synchronized Optional<MemoryAllowance> admit(
            String pod, long limit, OptionalLong podLimit) {
        pods.values().removeIf(PodMemory::isEmpty);
        if (!budget.take(OVERHEAD)) {
            return Optional.empty();
        }
        if (limit != 0 && !budget.take(limit)) {
            budget.give(OVERHEAD);
            return Optional.empty();
        }
        var memory = pods.computeIfAbsent(pod, _ -> new PodMemory());
        // Where more is taken already, it stays as it was.
        if (podLimit.isPresent()) {
            var _ = memory.change(podLimit.getAsLong());
        }
        return Optional.of(MemoryAllowance.admitted(limit, budget, memory, OVERHEAD));
    }

    /**
     * Changes what the guests of a pod may take together; a pod that is not known has none here.
     *
     * @param podLimit bytes; 0 for no limit
     * @return how much they have taken, if that is more: then nothing has changed
     */
    public synchronized OptionalLong limit(String pod, long podLimit) {
        var memory = pods.get(pod);
        return memory == null || memory.change(podLimit)
                ? OptionalLong.empty()
                : OptionalLong.of(memory.taken());
    }
}
