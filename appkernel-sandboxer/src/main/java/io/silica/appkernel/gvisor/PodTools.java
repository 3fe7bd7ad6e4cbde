// SPDX-License-Identifier: Apache-2.0
package io.silica.appkernel.gvisor;

import io.silica.linux.cgroup.Hierarchies;
import io.silica.sandbox.ContainerId;
import io.silica.sandbox.HostCalls;
import io.silica.sandbox.SandboxNetwork;
import io.silica.sandbox.SandboxSpec;
import io.silica.sandbox.Stdio;
import java.nio.file.Path;
import java.util.Optional;

/**
 * What a pod is made with: its specification, its files, runsc, and threads that may block.
 *
 * @param podRoot the root file system of its first process
 * @param cgroups where its cgroup is, if this machine has any
 */
record PodTools(
        SandboxSpec spec,
        PodPlaces places,
        Runsc runsc,
        HostCalls host,
        Path podRoot,
        Optional<Hierarchies> cgroups) {
    /** What runsc calls the network that the specification asks for. */
    Runsc.Network network() {
        return switch (spec.network()) {
            case SandboxNetwork.Host() -> Runsc.Network.HOST;
            case SandboxNetwork.Namespace(Path _) -> Runsc.Network.SANDBOX;
        };
    }

    PodProcesses processes() {
        return new PodProcesses(places.directory());
    }

    GuestStreams open(String who, Stdio stdio) {
        return host.call(
                "open the streams of " + who,
                () -> GuestStreams.open(who, stdio),
                GuestStreams::close);
    }

    /** Puts whatever runs of it on the host into its cgroup. */
    void joinCgroup() {
        cgroups.flatMap(it -> SandboxCgroup.of(it, spec))
                .ifPresent(it -> it.join(processes().pids()));
    }

    void run(ContainerId id, Path bundle, GuestStreams streams) {
        runsc.runContainer(places, network(), id.value(), bundle, streams);
        joinCgroup();
    }

    ContainerPlace container(ContainerId id) {
        return new ContainerPlace(places.container(id), this);
    }
}
