// SPDX-License-Identifier: Apache-2.0
package io.silica.vmm;

import io.silica.sandbox.Container;
import io.silica.sandbox.ContainerId;
import io.silica.sandbox.ContainerProcess;
import io.silica.sandbox.ExecConfig;
import io.silica.sandbox.ExecId;
import io.silica.sandbox.Resources;
import io.silica.sandbox.SandboxException;
import io.silica.sandbox.Statistics;
import io.silica.vmm.agent.Agent;
import io.silica.vmm.agent.GuestTask;
import io.silica.vmm.hypervisor.Machine;
import io.silica.vmm.storage.GuestSpec;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/** A container of a {@link VmmSandbox}. */
final class VmmContainer implements Container {
    private static final Duration END_PATIENCE = Duration.ofSeconds(1);

    private final PodTools pod;
    private final Agent agent;
    private final Machine machine;
    private final ContainerId id;
    private final GuestTask task;
    private final VmmProcess init;
    private final Map<ExecId, VmmProcess> execs = new ConcurrentHashMap<>();
    private volatile Statistics last = Statistics.none(InstantSource.system().instant());

    VmmContainer(PodTools pod, Agent agent, Machine machine, ContainerId id, VmmProcess init) {
        this.pod = pod;
        this.agent = agent;
        this.machine = machine;
        this.id = id;
        this.task = new GuestTask(agent, id, Optional.empty());
        this.init = init;
    }

    @Override
    public ContainerProcess init() {
        return init;
    }

    @Override
    public ContainerProcess exec(ExecConfig config) {
        var added = new GuestTask(agent, id, Optional.of(config.id()));
        var process = GuestSpec.added(pod.places().process(id), config.process());
        return added(
                config.id(),
                VmmProcess.create(
                        pod,
                        agent,
                        machine,
                        added,
                        config.stdio(),
                        () -> added.add(process, config.stdio())));
    }

    /** A process that the guest has. */
    VmmProcess added(ExecId exec, VmmProcess process) {
        process.onDelete(() -> execs.remove(exec));
        execs.put(exec, process);
        process.begin();
        return process;
    }

    /** The last ones that there are: a container that has ended is not asked any more. */
    @Override
    public Statistics statistics() {
        if (init.exit().status().isEmpty()) {
            last = task.statistics(InstantSource.system().instant());
        }
        return last;
    }

    /** The host sees the machine and nothing of what runs in it. */
    @Override
    public List<Integer> pids() {
        return List.of(machine.pid());
    }

    @Override
    public void update(Resources resources) {
        task.update(GuestSpec.resources(resources));
    }

    @Override
    public void pause() {
        task.pause();
    }

    @Override
    public void resume() {
        task.resume();
    }

    /**
     * Ends all of it by force; nobody waits for how.
     *
     * @throws SandboxException if the guest does not do so within that time
     */
    void kill(Duration patience) {
        init.kill(patience);
    }

    /** Waits until the ends of all its processes are told, which have come. */
    void awaitEnd() {
        init.awaitEnd(END_PATIENCE);
        execs.values().forEach(it -> it.awaitEnd(END_PATIENCE));
    }

    /** Lets go of its processes. */
    void letGo() {
        init.letGo();
        execs.values().forEach(VmmProcess::letGo);
    }
}
