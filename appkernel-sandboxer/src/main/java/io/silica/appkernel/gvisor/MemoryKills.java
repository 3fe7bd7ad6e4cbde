// SPDX-License-Identifier: Apache-2.0
package io.silica.appkernel.gvisor;

import io.silica.linux.cgroup.CgroupException;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * Whether it was the kernel that killed, because the memory of the pod was used up. It takes the
 * largest process, which is the sentry, and with it all containers; should it be one that runs a
 * guest's code, that guest alone is killed.
 */
final class MemoryKills {
    private final Optional<SandboxCgroup> cgroup;
    private long told;

    /** What was killed up to now is nobody's. */
    MemoryKills(Optional<SandboxCgroup> cgroup) {
        this.cgroup = cgroup;
        this.told = count();
    }

    /** How many there have been. */
    long count() {
        try {
            return cgroup.map(SandboxCgroup::memoryKills).orElse(0L);
        } catch (CgroupException _) {
            return 0; // It is being removed.
        }
    }

    /** Whether that was the end of the sentry. */
    synchronized boolean tookSentry() {
        return count() > told;
    }

    /**
     * Whether that was the end of a container whose sentry lives; each kill is that of one. There
     * are those of which no container ends, but a process in it: where we have killed it ourselves,
     * only one that came after that counts.
     *
     * @param whenKilled how many there had been when we killed it, if we did
     */
    synchronized boolean tookContainer(OptionalLong whenKilled) {
        boolean taken = count() > Math.max(told, whenKilled.orElse(0));
        if (taken) {
            told++;
        }
        return taken;
    }
}
