// SPDX-License-Identifier: Apache-2.0
package io.silica.vmm;

import io.silica.linux.Poller;
import io.silica.linux.cgroup.Cgroup;
import io.silica.linux.cgroup.CgroupException;
import io.silica.linux.cgroup.Hierarchies;
import io.silica.linux.ports.PortRoom;
import io.silica.sandbox.HostCalls;
import io.silica.sandbox.SandboxException;
import io.silica.sandbox.SandboxSpec;
import io.silica.sandbox.Stdio;
import io.silica.vmm.agent.Agent;
import io.silica.vmm.agent.GuestTask;
import io.silica.vmm.hypervisor.Hypervisor;
import io.silica.vmm.network.PodNetwork;
import io.silica.vmm.stdio.ParkedNames;
import io.silica.vmm.stdio.Parking;
import io.silica.vmm.stdio.ProcessStreams;
import java.util.Optional;
import java.util.concurrent.Callable;

/**
 * What a pod is made with.
 *
 * @param host threads that may block
 * @param names by which ends of its FIFOs are parked
 * @param ports how many of its ports' connections the daemon has room for
 * @param cgroups where its cgroup is, if this machine has any
 */
record PodTools(
        SandboxSpec spec,
        PodPlaces places,
        VmmConfig config,
        Hypervisor hypervisor,
        PodNetwork network,
        HostCalls host,
        Poller poller,
        Parking parking,
        ParkedNames names,
        PortRoom ports,
        Optional<Hierarchies> cgroups) {
    /** Makes a call that can block. */
    <T> T call(String action, Callable<T> work) {
        return host.call(action, work, _ -> {});
    }

    /** The same without a result. */
    void run(String action, Runnable work) {
        var _ =
                call(
                        action,
                        () -> {
                            work.run();
                            return action;
                        });
    }

    /**
     * Opens the streams of a process.
     *
     * @param isNew whether it has not been made yet
     */
    ProcessStreams open(Agent agent, GuestTask task, Stdio stdio, boolean isNew) {
        var opener = new ProcessStreams.Opener(poller, parking, names, places.directory());
        return host.call(
                "open the streams of " + task.name(),
                () -> opener.open(agent, task, stdio, isNew),
                ProcessStreams::letGo);
    }

    /**
     * Puts a process into the cgroup that the server has made for the sandbox.
     *
     * @throws SandboxException.Failed if the kernel refuses
     */
    void joinCgroup(int pid) {
        cgroup().ifPresent(cgroup -> {
            try {
                cgroup.add(pid);
            } catch (CgroupException e) {
                throw new SandboxException.Failed(
                        "cannot put a process of a virtual machine into cgroup " + cgroup.path(),
                        e);
            }
        });
    }

    private Optional<Cgroup> cgroup() {
        return spec.cgroupParent()
                .flatMap(parent ->
                        cgroups.flatMap(it -> Cgroup.existing(it, parent, spec.id().value())));
    }
}
