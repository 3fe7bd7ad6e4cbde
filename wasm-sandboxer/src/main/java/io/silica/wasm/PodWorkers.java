// SPDX-License-Identifier: Apache-2.0
package io.silica.wasm;

import io.silica.sandbox.ContainerConfig;
import io.silica.sandbox.ContainerId;
import io.silica.sandbox.PodResources;
import io.silica.sandbox.Resources;
import io.silica.sandbox.SandboxException;
import io.silica.sandbox.SandboxSpec;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/**
 * Where the containers of one pod run: in the workers of the node, in a worker of the pod's own, or
 * in both. Any thread may call any method.
 */
final class PodWorkers {
    private final SandboxSpec spec;
    private final Isolation isolation;
    private final Engine engine;
    private final Workers shared;
    private final OwnWorkers owns;
    private final OwnWorker own;
    private volatile PodResources resources;

    /**
     * @param workers those with its engine
     */
    PodWorkers(SandboxSpec spec, Engine engine, Isolation isolation, EngineWorkers workers) {
        this.spec = spec;
        this.engine = engine;
        this.isolation = isolation;
        this.shared = workers.shared();
        this.owns = workers.owns();
        this.resources = spec.resources();
        this.own =
                owns.of(
                        spec.id(),
                        new Payer(
                                () -> PodShare.cgroup(spec),
                                () -> PodShare.of(spec, resources, engine)));
    }

    /**
     * Refuses a pod whose limits can't be kept.
     *
     * @throws SandboxException saying what to change
     */
    static void check(SandboxSpec spec, Engine engine, Isolation isolation) {
        var who = "sandbox \"" + spec.id() + '"';
        if (isolation.isOwn(who, spec.resources().containers(), Resources.UNLIMITED)) {
            PodShare.requireRoom(spec.id(), spec.resources(), engine);
        }
    }

    Engine engine() {
        return engine;
    }

    Isolation isolation() {
        return isolation;
    }

    /**
     * The one for a new container, started if need be.
     *
     * @param protocol as {@link Workers#get} takes it
     * @throws SandboxException saying what to change, if a limit can't be kept
     */
    Worker get(ContainerConfig config, int protocol) {
        var container = config.spec().resources();
        var who = "container \"" + config.id() + '"';
        if (!isolation.isOwn(who, resources.containers(), container)) {
            return shared.get(protocol);
        }
        requireSameLimit(config.id(), container);
        return own.get(protocol);
    }

    /**
     * Refuses new limits of a container that can't be kept where it runs.
     *
     * @throws SandboxException.Unsupported saying so
     */
    void check(ContainerId id, Worker worker, Resources container) {
        if (own.existing().contains(worker)) {
            requireSameLimit(id, container);
        } else if (Isolation.isCpuLimited(container)) {
            throw new SandboxException.Unsupported(
                    "container \"%s\" can't be given a CPU limit while it runs: other pods share its worker"
                            .formatted(id));
        }
    }

    /** The pod's cgroup is what keeps a CPU limit: it keeps one for all of the pod together. */
    private void requireSameLimit(ContainerId id, Resources container) {
        if (Isolation.isCpuLimited(container) && !isPods(container)) {
            throw new SandboxException.Unsupported(
                    "container \"%s\" has a CPU limit that is not its pod's: only that of the whole pod can be kept"
                            .formatted(id));
        }
    }

    private boolean isPods(Resources container) {
        var pod = resources.containers();
        return container.cpuQuotaMicros() == pod.cpuQuotaMicros()
                && container.cpuPeriodMicros() == pod.cpuPeriodMicros();
    }

    /**
     * What its containers in a worker may have of its memory together, while each of them has a
     * limit of its own; 0 for no limit. In a worker of its own its cgroup has that.
     */
    long memoryLimit(Worker worker) {
        return own.existing().contains(worker) ? 0 : resources.containers().memoryLimitBytes();
    }

    /** All that live and may have containers of the pod. */
    List<Worker> existing() {
        return Stream.concat(shared.existing().stream(), own.existing().stream()).toList();
    }

    /**
     * The pod may use something else from now on.
     *
     * @param used those that have containers of it
     * @throws SandboxException.Unsupported if it would have a CPU limit that they can't keep
     * @throws SandboxException.WrongState if its containers have taken more memory
     */
    void update(PodResources changed, List<Worker> used) {
        if (Isolation.isCpuLimited(changed.containers()) && !own.existing().containsAll(used)) {
            throw new SandboxException.Unsupported(
                    "sandbox \"%s\" can't be given a CPU limit: it has containers in a worker that other pods share"
                            .formatted(spec.id()));
        }
        if (isOtherMemory(changed)) {
            var ours = own.existing();
            limitAll(
                    used.stream()
                            .distinct()
                            .filter(worker -> worker.isAlive() && !ours.contains(worker))
                            .toList(),
                    changed);
        }
        resources = changed;
    }

    /** In all of them or, as far as they let us, in none. */
    private void limitAll(List<Worker> workers, PodResources changed) {
        var done = new ArrayList<Worker>();
        try {
            for (var worker : workers) {
                limit(worker, changed);
                done.add(worker);
            }
        } catch (SandboxException e) {
            done.forEach(worker -> putBack(worker, e));
            throw e;
        }
    }

    private void putBack(Worker worker, SandboxException failure) {
        try {
            limit(worker, resources);
        } catch (SandboxException e) {
            failure.addSuppressed(e);
        }
    }

    private boolean isOtherMemory(PodResources changed) {
        return changed.containers().memoryLimitBytes() != resources.containers().memoryLimitBytes();
    }

    private void limit(Worker worker, PodResources changed) {
        new WorkerGuests(worker).limit(spec.id(), changed.containers().memoryLimitBytes());
    }

    /** Ends what the pod has to itself. Doing it twice is harmless. */
    void end() {
        own.end();
        owns.forget(spec.id());
    }
}
