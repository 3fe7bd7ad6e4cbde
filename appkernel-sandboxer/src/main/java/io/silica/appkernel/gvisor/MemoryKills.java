// SPDX-License-Identifier: Apache-2.0
package io.silica.appkernel.gvisor;

import io.silica.linux.cgroup.CgroupException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * Whether it was the kernel that killed, because the memory of the pod was used up. It takes the
 * largest process, which is the sentry, and with it all containers; should it be one that runs a
 * guest's code, that guest alone is killed. A file keeps how many were told, so that the next
 * daemon knows what was killed while there was none.
 */
final class MemoryKills {
    private final Optional<SandboxCgroup> cgroup;
    private final Path file;
    private long told;

    private MemoryKills(Optional<SandboxCgroup> cgroup, Path file) {
        this.cgroup = cgroup;
        this.file = file;
    }

    /** Those of a pod. Where nothing was kept, what was killed up to now is nobody's. */
    static MemoryKills of(PodTools tools) {
        var kills = new MemoryKills(tools.cgroup(), tools.places().kills());
        kills.begin();
        return kills;
    }

    private synchronized void begin() {
        var kept = PodPlaces.read(file).flatMap(MemoryKills::parse);
        kept.ifPresentOrElse(it -> told = it, () -> keep(count()));
    }

    private static Optional<Long> parse(byte[] kept) {
        try {
            return Optional.of(Long.parseLong(new String(kept, StandardCharsets.US_ASCII)));
        } catch (NumberFormatException _) {
            return Optional.empty();
        }
    }

    private void keep(long count) {
        told = count;
        if (cgroup.isPresent()) {
            PodPlaces.write(file, Long.toString(count).getBytes(StandardCharsets.US_ASCII));
        }
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
            keep(told + 1);
        }
        return taken;
    }
}
