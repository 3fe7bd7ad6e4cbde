// SPDX-License-Identifier: Apache-2.0
package io.silica.appkernel;

import io.silica.appkernel.kernel.KernelContainer;
import io.silica.sandbox.ContainerId;
import io.silica.sandbox.Statistics;
import java.time.Instant;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;

/**
 * The figures of a pod that nothing counts as a whole: those of its containers together. CPU time
 * is counted since the pod began, so that of a container stays when the container goes.
 *
 * <p>Any thread may call; {@link #at} may block on the kernel.
 */
final class SummedFigures {
    private final Map<ContainerId, KernelContainer> containers = new ConcurrentHashMap<>();
    private final AtomicLong ofThoseThatAreGone = new AtomicLong();
    private final AtomicLong told = new AtomicLong();

    /** A container is there. */
    void add(KernelContainer container) {
        containers.put(container.id(), container);
    }

    /** It has ended, and is there no more; doing it twice is harmless. */
    void remove(KernelContainer container) {
        if (containers.remove(container.id(), container)) {
            ofThoseThatAreGone.addAndGet(container.statistics().cpuNanos());
        }
    }

    /** No container is there any more. */
    void clear() {
        containers.clear();
    }

    /** The sum, now. */
    Statistics at(Instant now) {
        // First: one that goes just now is counted in neither place for a moment, and never in
        // both.
        long gone = ofThoseThatAreGone.get();
        var sum = Statistics.none(now);
        for (var container : containers.values()) {
            sum = sum.plus(container.statistics());
        }
        long cpu = told.accumulateAndGet(sum.cpuNanos() + gone, Math::max);
        return new Statistics(
                now,
                cpu,
                sum.memoryBytes(),
                sum.inactiveFileBytes(),
                sum.memoryLimitBytes(),
                sum.processes(),
                sum.oomKills());
    }
}
