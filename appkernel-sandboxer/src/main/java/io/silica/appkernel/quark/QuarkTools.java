// SPDX-License-Identifier: Apache-2.0
package io.silica.appkernel.quark;

import io.silica.linux.Poller;
import io.silica.linux.cgroup.Cgroup;
import io.silica.linux.cgroup.CgroupException;
import io.silica.linux.cgroup.Hierarchies;
import io.silica.sandbox.HostCalls;
import io.silica.sandbox.SandboxException;
import io.silica.sandbox.SandboxSpec;
import java.util.Optional;

/**
 * What a pod is made with: its specification, its files, and threads that may block.
 *
 * @param cgroups where its cgroup is, if this machine has any
 */
record QuarkTools(
        SandboxSpec spec,
        QuarkPlaces places,
        QuarkConfig config,
        HostCalls host,
        Optional<Hierarchies> cgroups,
        Poller poller) {
    PodProcesses processes() {
        return new PodProcesses(places.directory(), poller);
    }

    SandboxRoot root() {
        return new SandboxRoot(places.sandbox());
    }

    QuarkProgram program() {
        return new QuarkProgram(config, poller);
    }

    /**
     * Puts a process into the sandbox's cgroup, if it has one; one that has ended needs none.
     *
     * @throws SandboxException.Failed if the kernel refuses
     */
    void joinCgroup(int pid) {
        cgroups.flatMap(this::cgroup)
                .ifPresent(cgroup -> {
                    try {
                        cgroup.addIfAlive(pid);
                    } catch (CgroupException e) {
                        throw new SandboxException.Failed(
                                "cannot put a process of Quark into cgroup " + cgroup.path(), e);
                    }
                });
    }

    private Optional<Cgroup> cgroup(Hierarchies hierarchies) {
        return spec.cgroupParent()
                .flatMap(parent -> Cgroup.existing(hierarchies, parent, spec.id().value()));
    }

    /** Does what may block, on a thread for that. */
    void blocking(String action, Runnable work) {
        var _ =
                host.call(
                        action,
                        () -> {
                            work.run();
                            return true;
                        },
                        _ -> {});
    }
}
