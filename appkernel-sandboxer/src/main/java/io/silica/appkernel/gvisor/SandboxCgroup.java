// SPDX-License-Identifier: Apache-2.0
package io.silica.appkernel.gvisor;

import io.silica.linux.cgroup.Cgroup;
import io.silica.linux.cgroup.CgroupException;
import io.silica.linux.cgroup.Hierarchies;
import io.silica.linux.cgroup.Limits;
import io.silica.linux.cgroup.Usage;
import io.silica.sandbox.SandboxException;
import io.silica.sandbox.SandboxSpec;
import io.silica.sandbox.Statistics;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.Set;

/**
 * The cgroup that the server has made for a sandbox, below the pod's: what runs in it is what the
 * pod's limits hold for, and its figures are the pod's. It is the server's to remove.
 */
final class SandboxCgroup {
    private final Cgroup cgroup;

    private SandboxCgroup(Cgroup cgroup) {
        this.cgroup = cgroup;
    }

    /** That of a sandbox; empty if it has none. */
    static Optional<SandboxCgroup> of(Hierarchies hierarchies, SandboxSpec spec) {
        return spec.cgroupParent()
                .flatMap(parent -> Cgroup.existing(hierarchies, parent, spec.id().value()))
                .map(SandboxCgroup::new);
    }

    /** How often the kernel has killed something in it because its memory was used up. */
    long memoryKills() {
        return cgroup.memoryKills();
    }

    /** What is used in it; empty where CPU time or memory is not counted. */
    Optional<Statistics> statistics(Instant at) {
        var usage = cgroup.usage();
        return usage.cpu().flatMap(cpu -> usage.memory().map(it -> statistics(at, cpu, it, usage)));
    }

    private Statistics statistics(Instant at, Duration cpu, Usage.Memory memory, Usage usage) {
        return new Statistics(
                at,
                cpu.toNanos(),
                memory.usage(),
                memory.inactiveFile(),
                memory.limit().orElse(0),
                usage.pids().map(Usage.Pids::current).orElse(0L),
                memoryKills());
    }

    /**
     * Limits its memory, or lifts the limit.
     *
     * @param bytes 0 for no limit
     * @return false, and nothing is changed, if more is in use than it could have
     * @throws CgroupException if the kernel refuses
     */
    boolean limitMemory(long bytes) {
        if (bytes > 0 && inUse() > bytes) {
            return false;
        }
        cgroup.limit(Limits.NONE.withMemory(orNone(bytes)));
        return true;
    }

    /**
     * Limits its CPU time, or lifts the limit.
     *
     * @param quotaMicros in each {@link PodLimits#PERIOD_MICROS}; 0 for no limit
     * @throws CgroupException if the kernel refuses
     */
    void limitCpu(long quotaMicros) {
        cgroup.limit(Limits.NONE.withCpuQuota(orNone(quotaMicros), PodLimits.PERIOD_MICROS));
    }

    private static long orNone(long limit) {
        return limit > 0 ? limit : -1;
    }

    private long inUse() {
        return cgroup.usage().memory().map(Usage.Memory::workingSet).orElse(0L);
    }

    /**
     * Moves processes into it; one that has ended needs none.
     *
     * @throws SandboxException.Failed if the kernel refuses
     */
    void join(Set<Integer> pids) {
        try {
            pids.forEach(cgroup::addIfAlive);
        } catch (CgroupException e) {
            throw new SandboxException.Failed(
                    "cannot put a process of runsc into cgroup " + cgroup.path(), e);
        }
    }
}
