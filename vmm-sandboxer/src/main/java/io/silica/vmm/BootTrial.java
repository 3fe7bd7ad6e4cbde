// SPDX-License-Identifier: Apache-2.0
package io.silica.vmm;

import io.silica.sandbox.DnsConfig;
import io.silica.sandbox.PodIdentity;
import io.silica.sandbox.PodResources;
import io.silica.sandbox.SandboxException;
import io.silica.sandbox.SandboxId;
import io.silica.sandbox.SandboxNetwork;
import io.silica.sandbox.SandboxSpec;
import io.silica.server.config.LimitsConfig;
import io.silica.vmm.hypervisor.Hypervisor;
import io.silica.vmm.network.PodNetwork;
import io.silica.vmm.stdio.Parking;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Boots a machine as a pod's, without a network, and ends it. */
final class BootTrial implements AutoCloseable {
    private static final SandboxId OWN = new SandboxId("silica-check");

    private final VmmSandboxer sandboxer;

    /**
     * @param hypervisor its owner is this
     * @param scratch a directory for what is made meanwhile
     */
    BootTrial(Hypervisor hypervisor, VmmDaemon.Options options, Path scratch) {
        this.sandboxer =
                new VmmSandboxer(
                        VmmDaemon.kind(scratch.resolve("vm"), options.guest()),
                        hypervisor,
                        PodNetwork.none(),
                        Parking.none(),
                        VmmDaemon.hostCalls(LimitsConfig.DEFAULT));
    }

    /**
     * How long it took until the agent was ready for containers.
     *
     * @throws SandboxException saying what went wrong, with the guest's words
     */
    Duration run() {
        var sandbox = sandboxer.create(spec());
        try {
            long begun = System.nanoTime();
            var _ = sandbox.start();
            return Duration.ofNanos(System.nanoTime() - begun);
        } finally {
            sandbox.close();
        }
    }

    private static SandboxSpec spec() {
        return new SandboxSpec(
                OWN,
                new PodIdentity(OWN.value(), "silica", "check", 0),
                OWN.value(),
                new SandboxNetwork.Host(),
                new DnsConfig(List.of(), List.of(), List.of()),
                Optional.empty(),
                PodResources.UNLIMITED,
                Map.of(),
                Map.of(),
                VmmSandboxer.KIND);
    }

    @Override
    public void close() {
        sandboxer.close();
    }
}
