// SPDX-License-Identifier: Apache-2.0
package io.silica.appkernel.quark;

import io.silica.linux.Poller;
import io.silica.linux.cgroup.Hierarchies;
import io.silica.sandbox.HostCalls;
import io.silica.sandbox.SandboxSpec;
import java.util.Optional;
import java.util.function.Supplier;

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

    /** Puts a process into the pod's cgroup, if it has one. */
    void joinCgroup(int pid) {
        cgroups.flatMap(it -> SandboxCgroup.of(it, spec)).ifPresent(it -> it.join(pid));
    }

    /** Does what may block, on a thread for that. */
    void blocking(String action, Runnable work) {
        blocking(
                action,
                () -> {
                    work.run();
                    return true;
                });
    }

    /** The same with a result that need not be undone. */
    <T> T blocking(String action, Supplier<T> work) {
        return host.call(action, work::get, _ -> {});
    }
}
