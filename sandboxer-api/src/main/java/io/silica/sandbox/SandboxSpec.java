// SPDX-License-Identifier: Apache-2.0
package io.silica.sandbox;

import java.util.Map;
import java.util.Optional;

/**
 * What containerd asks of a sandbox.
 *
 * @param id its identifier
 * @param pod the pod that it is for
 * @param hostname the pod's host name; empty for the host's own
 * @param network where it lives; CNI has run already
 * @param dns the pod's resolver
 * @param cgroupParent the pod's cgroup, {@code /kubepods/pod…} or {@code kubepods-pod….slice}
 * @param resources what the pod may use
 * @param annotations the pod's annotations: an attacker's input
 * @param labels containerd's own labels of the sandbox, which it wants back
 * @param handler the runtime handler that was asked for, such as {@code wasm}; empty if unknown
 * @param sysctls settings of the kernel that the pod asks for, by name: an attacker's input
 */
public record SandboxSpec(
        SandboxId id,
        PodIdentity pod,
        String hostname,
        SandboxNetwork network,
        DnsConfig dns,
        Optional<String> cgroupParent,
        PodResources resources,
        Map<String, String> annotations,
        Map<String, String> labels,
        String handler,
        Map<String, String> sysctls) {
    public SandboxSpec {
        annotations = Map.copyOf(annotations);
        labels = Map.copyOf(labels);
        sysctls = Map.copyOf(sysctls);
    }

    /** A pod that asks for no settings of the kernel. */
    public SandboxSpec(
            SandboxId id,
            PodIdentity pod,
            String hostname,
            SandboxNetwork network,
            DnsConfig dns,
            Optional<String> cgroupParent,
            PodResources resources,
            Map<String, String> annotations,
            Map<String, String> labels,
            String handler) {
        this(
                id,
                pod,
                hostname,
                network,
                dns,
                cgroupParent,
                resources,
                annotations,
                labels,
                handler,
                Map.of());
    }

    /** The same with other resources. */
    public SandboxSpec with(PodResources other) {
        return new SandboxSpec(
                id,
                pod,
                hostname,
                network,
                dns,
                cgroupParent,
                other,
                annotations,
                labels,
                handler,
                sysctls);
    }
}
