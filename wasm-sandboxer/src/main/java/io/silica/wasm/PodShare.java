// SPDX-License-Identifier: Apache-2.0
package io.silica.wasm;

import io.silica.linux.cgroup.Cgroup;
import io.silica.linux.cgroup.Controller;
import io.silica.linux.cgroup.Hierarchies;
import io.silica.sandbox.PodResources;
import io.silica.sandbox.Resources;
import io.silica.sandbox.SandboxException;
import io.silica.sandbox.SandboxId;
import io.silica.sandbox.SandboxSpec;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Optional;
import java.util.OptionalLong;

/** What the limits of a pod leave to a worker of its own, which is charged to the pod. */
final class PodShare {
    /** The part of an engine's floor that is on the worker's heap. */
    private static final long HEAP = 32L << 20;

    /** The part of it for guests that have no limit, where that is not what the heap has more. */
    private static final long UNLIMITED_GUESTS = 8L << 20;

    private PodShare() {}

    /**
     * Refuses a pod that can't hold a worker.
     *
     * @throws SandboxException.InvalidArgument naming what its limit would have to be
     */
    static void requireRoom(SandboxId id, PodResources resources, Engine engine) {
        long floor = engine.floor();
        long containers = resources.containers().memoryLimitBytes();
        long total = resources.total().memoryLimitBytes();
        if (total != 0 && total < containers + floor) {
            throw new SandboxException.InvalidArgument(
                    ("sandbox \"%s\" has a memory limit of %d bytes for containers that may use %d,"
                                    + " and a worker of its own takes %d besides with the engine %s: set overhead.podFixed of its RuntimeClass to memory: %dMi or more")
                            .formatted(
                                    id, total, containers, floor, engine.handler(), floor >> 20));
        }
    }

    /**
     * The share of a worker of a pod's own.
     *
     * @param resources what the pod may use now
     * @throws SandboxException.InvalidArgument if the pod can't hold one
     * @throws SandboxException.Unsupported if it has a CPU limit and this machine can't keep it
     */
    static WorkerShare of(SandboxSpec spec, PodResources resources, Engine engine) {
        requireRoom(spec.id(), resources, engine);
        var total = resources.total();
        var cgroup = sufficient(spec, total);
        boolean isLimited = total.memoryLimitBytes() != 0;
        long guests = total.memoryLimitBytes() - engine.floor();
        // Guests of Endive are on its heap; of Wasmtime's, a module is while it is read.
        boolean apart = isLimited && engine == Engine.WASMTIME;
        return new WorkerShare(
                cgroup,
                processors(total),
                isLimited ? OptionalLong.of(guests + HEAP) : OptionalLong.empty(),
                apart ? OptionalLong.of(guests + UNLIMITED_GUESTS) : OptionalLong.empty());
    }

    /** That which the server has made for the sandbox, below the pod's. */
    static Optional<Cgroup> cgroup(SandboxSpec spec) {
        return spec.cgroupParent()
                .flatMap(parent -> Cgroup.existing(hierarchies(), parent, spec.id().value()));
    }

    private static Optional<Cgroup> sufficient(SandboxSpec spec, Resources total) {
        var cgroup = cgroup(spec);
        boolean kept = cgroup.isPresent() && !hierarchies().missing().contains(Controller.CPU);
        if (Isolation.isCpuLimited(total) && !kept) {
            throw new SandboxException.Unsupported(
                    "sandbox \"%s\" has a CPU limit and no cgroup that could keep it"
                            .formatted(spec.id()));
        }
        return cgroup;
    }

    private static Hierarchies hierarchies() {
        try {
            return Hierarchies.detect();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** As many as its CPU limit is worth, begun ones included. */
    private static int processors(Resources total) {
        int all = Runtime.getRuntime().availableProcessors();
        return Isolation.isCpuLimited(total)
                ? Math.clamp(Math.ceilDiv(total.cpuQuotaMicros(), total.cpuPeriodMicros()), 1, all)
                : all;
    }
}
