// SPDX-License-Identifier: Apache-2.0
package io.silica.appkernel.quark;

import io.silica.linux.cgroup.Cgroup;
import io.silica.linux.cgroup.CgroupException;
import io.silica.linux.cgroup.CgroupPath;
import io.silica.linux.cgroup.Hierarchies;
import io.silica.sandbox.SandboxException;
import io.silica.sandbox.SandboxSpec;
import java.util.Optional;

/**
 * The cgroup that the server has made for a sandbox, below the pod's: what runs in it is what the
 * pod's limits hold for. It is the server's to remove.
 */
record SandboxCgroup(Cgroup cgroup) {
    /** That of a sandbox; empty if it has none. */
    static Optional<SandboxCgroup> of(Hierarchies hierarchies, SandboxSpec spec) {
        return spec.cgroupParent()
                .filter(parent -> !parent.isEmpty())
                .map(parent -> CgroupPath.parse(parent).child(spec.id().value()))
                .map(path -> Cgroup.at(hierarchies, path))
                .filter(Cgroup::exists)
                .map(SandboxCgroup::new);
    }

    /**
     * Moves a process into it; one that has ended needs none.
     *
     * @throws SandboxException.Failed if the kernel refuses
     */
    void join(int pid) {
        try {
            cgroup.add(pid);
        } catch (CgroupException e) {
            if (ProcessHandle.of(pid).isPresent()) {
                throw new SandboxException.Failed(
                        "cannot put a process of Quark into cgroup " + cgroup.path(), e);
            }
        }
    }
}
