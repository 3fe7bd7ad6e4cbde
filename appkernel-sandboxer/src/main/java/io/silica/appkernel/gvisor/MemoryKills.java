// SPDX-License-Identifier: Apache-2.0
package io.silica.appkernel.gvisor;

import io.silica.linux.OwnFiles;
import io.silica.linux.cgroup.CgroupException;
import java.io.UncheckedIOException;
import java.lang.System.Logger.Level;
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
    private static final System.Logger LOG = System.getLogger(MemoryKills.class.getName());

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
        var kept = OwnFiles.read(file).flatMap(MemoryKills::parse);
        kept.ifPresentOrElse(it -> told = it, () -> keep(count()));
    }

    private static Optional<Long> parse(byte[] kept) {
        try {
            return Optional.of(Long.parseLong(new String(kept, StandardCharsets.US_ASCII)));
        } catch (NumberFormatException _) {
            return Optional.empty();
        }
    }

    /** Where it cannot be written, at most a later daemon takes one for another. */
    private void keep(long count) {
        told = count;
        try {
            if (cgroup.isPresent()) {
                OwnFiles.write(file, Long.toString(count).getBytes(StandardCharsets.US_ASCII));
            }
        } catch (UncheckedIOException e) {
            LOG.log(Level.WARNING, "cannot write what was killed down: {0}", e.getMessage());
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
     * Tells if that was the end of a container whose sentry lives; each kill is that of one. There
     * are those of which no container ends, but a process in it: where we have killed it ourselves,
     * only one that came after that counts. It is told before that is written down: a daemon that
     * dies between tells it twice.
     *
     * @param whenKilled how many there had been when we killed it, if we did
     */
    void ifTookContainer(OptionalLong whenKilled, Runnable tell) {
        if (claim(whenKilled)) {
            tell.run();
            write();
        }
    }

    private synchronized boolean claim(OptionalLong whenKilled) {
        boolean taken = count() > Math.max(told, whenKilled.orElse(0));
        if (taken) {
            told++;
        }
        return taken;
    }

    private synchronized void write() {
        keep(told);
    }
}
