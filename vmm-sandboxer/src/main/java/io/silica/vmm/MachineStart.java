// SPDX-License-Identifier: Apache-2.0
package io.silica.vmm;

import com.google.protobuf.ByteString;
import com.google.protobuf.Timestamp;
import io.silica.proto.guest.PrepareRequest;
import io.silica.proto.guest.RefreshRequest;
import io.silica.sandbox.SandboxException;
import io.silica.vmm.agent.Agent;
import io.silica.vmm.agent.GuestMachine;
import io.silica.vmm.hypervisor.Device;
import io.silica.vmm.hypervisor.Machine;
import io.silica.vmm.hypervisor.MachineConfig;
import io.silica.vmm.hypervisor.MachineEnd;
import io.silica.vmm.network.PodNetwork;
import java.security.SecureRandom;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Optional;

/** Boots the machine of a pod, and makes it the pod's. For one thread at a time. */
final class MachineStart {
    /** By which the guest mounts what the host shows it. */
    private static final String SHARE_TAG = "silica";

    private static final long SHARED_MEMORY = 64L << 20;
    private static final int ENTROPY_BYTES = 64;

    private final PodTools pod;
    private final Agent agent;
    private final GuestMachine guest;
    private final BootTimes times = new BootTimes();
    private volatile String report;
    private Optional<PodNetwork.Attachment> attachment = Optional.empty();

    /**
     * @param report of the start, if an earlier life of the daemon did it; else empty
     */
    MachineStart(PodTools pod, Agent agent, GuestMachine guest, String report) {
        this.report = report;
        this.pod = pod;
        this.agent = agent;
        this.guest = guest;
    }

    /** Boots it; its guest may not get far. */
    Machine boot() {
        var share = pod.places().share();
        times.run(
                "files",
                () ->
                        pod.run(
                                "show files to sandbox \"%s\"".formatted(pod.spec().id()),
                                share::create));
        var devices = new ArrayList<Device>();
        devices.add(new Device.Console());
        devices.add(new Device.Vsock(pod.places().vsock()));
        devices.add(new Device.SharedDirectory(SHARE_TAG, share.exported()));
        var attached = times.time("network", () -> pod.network().attach(pod.spec()));
        attachment = Optional.of(attached);
        devices.addAll(attached.devices());
        var size = GuestSize.of(pod.spec(), pod.config().size());
        var config =
                new MachineConfig(
                        pod.places().machine(),
                        size.processors(),
                        size.memoryBytes(),
                        devices,
                        pod.network().namespace(pod.spec()),
                        pod::joinCgroup);
        var hypervisor = pod.hypervisor();
        try (var prepared = times.time("helpers", () -> hypervisor.prepare(config))) {
            return times.time(hypervisor.name(), prepared::boot);
        }
    }

    /**
     * Waits for the agent, and has it make the machine the pod's, unless that was done.
     *
     * @throws SandboxException.Unavailable with what the guest said last, if it does not come to
     *     that
     */
    void makeThePods(Machine running) {
        try {
            var attached = times.timeGuest(() -> agent.awaitAttached(pod.config().bootPatience()));
            if (!attached.getPrepared()) {
                times.run("prepare", () -> guest.prepare(prepareRequest()));
            }
            report = report.isEmpty() ? times.text() : report;
        } catch (SandboxException e) {
            throw withConsole(e, running);
        }
    }

    /** How long each part of the start took, for the pod's record; empty before it is done. */
    String report() {
        return report;
    }

    private PrepareRequest prepareRequest() {
        var entropy = new byte[ENTROPY_BYTES];
        new SecureRandom().nextBytes(entropy);
        var now = Instant.now();
        return attachment.orElseGet(() -> pod.network().attach(pod.spec())).guest().toBuilder()
                .setHostname(pod.spec().hostname())
                .setRefresh(
                        RefreshRequest.newBuilder()
                                .setNow(
                                        Timestamp.newBuilder()
                                                .setSeconds(now.getEpochSecond())
                                                .setNanos(now.getNano()))
                                .setEntropy(ByteString.copyFrom(entropy)))
                .putAllSysctls(GuestSysctls.of(pod.spec()))
                .setShareTag(SHARE_TAG)
                .setShmSize(SHARED_MEMORY)
                .build();
    }

    /** A guest that does not boot says why on its console, if at all. */
    private SandboxException withConsole(SandboxException failure, Machine running) {
        var console = running.console();
        var end = running.end().map(MachineEnd::words).orElse("the guest is up and says nothing");
        return new SandboxException.Unavailable(
                "sandbox \"%s\" did not start: %s; %s%s"
                        .formatted(
                                pod.spec().id(),
                                failure.getMessage(),
                                end,
                                console.isEmpty() ? "" : "; the guest said: " + console),
                failure);
    }
}
