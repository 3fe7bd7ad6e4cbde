// SPDX-License-Identifier: Apache-2.0
package io.silica.appkernel.gvisor;

import io.silica.linux.Descriptor;
import io.silica.linux.OwnFiles;
import io.silica.linux.Poller;
import io.silica.linux.cgroup.Hierarchies;
import io.silica.linux.ports.PortRoom;
import io.silica.sandbox.ContainerId;
import io.silica.sandbox.ExecId;
import io.silica.sandbox.Failpoint;
import io.silica.sandbox.HostCalls;
import io.silica.sandbox.SandboxException;
import io.silica.sandbox.SandboxNetwork;
import io.silica.sandbox.SandboxSpec;
import io.silica.sandbox.Stdio;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * What a pod is made with: its specification, its files, runsc, and threads that may block.
 *
 * @param network how it is connected
 * @param networks which sandbox has which network namespace
 * @param cgroups where its cgroup is, if this machine has any
 * @param ports how many of its ports' connections the daemon has room for
 */
record PodTools(
        SandboxSpec spec,
        PodPlaces places,
        Runsc runsc,
        HostCalls host,
        GvisorConfig config,
        GvisorNetwork network,
        NetworkClaims networks,
        Optional<Hierarchies> cgroups,
        Poller poller,
        PortRoom ports,
        Orphans orphans) {
    /**
     * Holds its network namespace, if its sentry takes that over.
     *
     * @throws SandboxException.WrongState if another sandbox has it
     */
    Optional<NetworkClaims.Claim> claimNetwork() {
        return network == GvisorNetwork.SANDBOX
                        && spec.network() instanceof SandboxNetwork.Namespace(Path path)
                ? Optional.of(networks.claim(spec.id(), path))
                : Optional.empty();
    }

    PodProcesses processes() {
        return new PodProcesses(places.directory(), poller);
    }

    /**
     * The terminal of a process, whether it is there or not.
     *
     * @param owner for messages
     */
    Terminal terminal(String owner, ContainerId container, Optional<ExecId> exec) {
        return new Terminal(
                owner,
                places.terminals(),
                PodPlaces.terminal(container, exec),
                config.terminal(),
                processes(),
                poller,
                orphans);
    }

    GuestStreams streams(String who, Stdio stdio) {
        return host.call(
                "find the streams of " + who,
                () ->
                        stdio.terminal()
                                ? GuestStreams.ofTerminal(who, stdio)
                                : GuestStreams.find(who, stdio),
                GuestStreams::close);
    }

    /** Opens streams that were found. */
    List<Descriptor> open(String who, GuestStreams streams) {
        return host.call(
                "open the streams of " + who,
                () -> streams.open(who),
                it -> it.forEach(Descriptor::close));
    }

    /** Puts whatever runs of it on the host into its cgroup. */
    void joinCgroup() {
        cgroup().ifPresent(it -> it.join(processes().pidsOfAll()));
    }

    /** Puts one process into its cgroup. */
    void joinCgroup(int pid) {
        cgroup().ifPresent(it -> it.join(Set.of(pid)));
    }

    /** Its cgroup, if it has one. */
    Optional<SandboxCgroup> cgroup() {
        return cgroups.flatMap(it -> SandboxCgroup.of(it, spec));
    }

    void run(ContainerId id, Path bundle, GuestStreams streams) {
        runsc.runContainer(places, network, id.value(), bundle, streams);
        Failpoint.at("gvisor.container.run");
        joinCgroup();
    }

    void run(ContainerId id, Path bundle, Terminal terminal) {
        runsc.runContainer(places, network, id.value(), bundle, terminal);
        joinCgroup();
    }

    ContainerPlace container(ContainerId id) {
        return new ContainerPlace(places.container(id), this);
    }

    /** Removes what there is of a container on the host. */
    void remove(ContainerId id) {
        processes().killGofer(places.container(id));
        OwnFiles.removeFile(places.state(id.value()));
        OwnFiles.removeFile(places.lock(id.value()));
        container(id).remove();
    }
}
