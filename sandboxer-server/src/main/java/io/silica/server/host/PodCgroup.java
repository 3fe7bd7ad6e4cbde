// SPDX-License-Identifier: Apache-2.0
package io.silica.server.host;

import io.silica.linux.cgroup.Cgroup;
import io.silica.linux.cgroup.CgroupException;
import io.silica.linux.cgroup.CgroupPath;
import io.silica.linux.cgroup.Hierarchies;
import io.silica.linux.cgroup.Limits;
import io.silica.linux.cgroup.Usage;
import io.silica.sandbox.PodResources;
import io.silica.sandbox.Resources;
import io.silica.sandbox.SandboxException;
import io.silica.sandbox.SandboxId;
import io.silica.sandbox.Statistics;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/**
 * The cgroup for what a sandbox itself runs on the host: a child of the pod's, which is the
 * kubelet's and stays. Where nothing of the sandbox runs in it, it is empty.
 */
final class PodCgroup {
    private static final Logger LOGGER = System.getLogger(PodCgroup.class.getName());
    private static final Duration PATIENCE = Duration.ofSeconds(2);

    private final Cgroup cgroup;

    private PodCgroup(Cgroup cgroup) {
        this.cgroup = cgroup;
    }

    /**
     * The cgroup of a sandbox, which need not exist.
     *
     * @throws SandboxException.InvalidArgument if the parent is not the name of a cgroup
     */
    static PodCgroup of(Hierarchies hierarchies, String parent, SandboxId id) {
        return at(hierarchies, parse(parent).child(id.value()));
    }

    /** One that was noted by its {@link #path}. */
    static PodCgroup noted(Hierarchies hierarchies, String path) {
        return at(hierarchies, CgroupPath.parse(path));
    }

    private static PodCgroup at(Hierarchies hierarchies, CgroupPath path) {
        return new PodCgroup(Cgroup.at(hierarchies, path));
    }

    private static CgroupPath parse(String parent) {
        try {
            return CgroupPath.parse(parent);
        } catch (IllegalArgumentException e) {
            throw new SandboxException.InvalidArgument("cgroup parent: " + e.getMessage(), e);
        }
    }

    String path() {
        return cgroup.path().toString();
    }

    /** Makes it, if need be, and limits it. */
    void create(PodResources resources) {
        cgroup.create();
        limit(limits(Limits.NONE, resources.total()));
    }

    /** Changes its limits; one that is not asked for any more is lifted. */
    void update(PodResources resources) {
        limit(limits(Limits.NONE.withMemory(-1).withCpuQuota(-1, 100_000), resources.total()));
    }

    private void limit(Limits limits) {
        try {
            cgroup.limit(limits);
        } catch (CgroupException.MissingController e) {
            LOGGER.log(Level.WARNING, "{0}", e.getMessage());
        }
    }

    private static Limits limits(Limits otherwise, Resources resources) {
        Limits limits = otherwise;
        if (resources.memoryLimitBytes() > 0) {
            limits = limits.withMemory(resources.memoryLimitBytes());
        }
        if (resources.cpuShares() > 0) {
            limits = limits.withCpuShares(resources.cpuShares());
        }
        if (resources.cpuQuotaMicros() > 0) {
            limits = limits.withCpuQuota(resources.cpuQuotaMicros(), resources.cpuPeriodMicros());
        }
        return limits;
    }

    /** What is used in it; empty if nothing runs in it or nothing measures it. */
    Optional<Statistics> statistics(Instant at) {
        if (cgroup.processes().isEmpty()) {
            return Optional.empty();
        }
        Usage usage = cgroup.usage();
        return usage.memory().map(memory -> statistics(at, usage, memory));
    }

    private static Statistics statistics(Instant at, Usage usage, Usage.Memory memory) {
        return new Statistics(
                at,
                usage.cpu().orElse(Duration.ZERO).toNanos(),
                memory.usage(),
                memory.inactiveFile(),
                memory.limit().orElse(0),
                usage.pids().map(Usage.Pids::current).orElse(0L),
                0);
    }

    /** Deletes it; doing it twice is harmless. */
    void delete() {
        try {
            cgroup.delete(PATIENCE);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new SandboxException.Cancelled("interrupted while deleting cgroup " + path());
        }
    }
}
