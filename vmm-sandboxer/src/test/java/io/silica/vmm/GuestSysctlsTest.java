// SPDX-License-Identifier: Apache-2.0
package io.silica.vmm;

import static org.assertj.core.api.Assertions.assertThat;

import io.silica.sandbox.SandboxSpec;
import java.util.Map;
import org.junit.jupiter.api.Test;

final class GuestSysctlsTest {
    private static final String PORTS = "net.ipv4.ip_unprivileged_port_start";

    @Test
    void aPodMayListenAtSmallPortsAsOnContainerdsOwnRuntimes() {
        assertThat(GuestSysctls.of(PodInMemory.spec())).containsEntry(PORTS, "0");
    }

    @Test
    void whatThePodAsksForIsStronger() {
        var asked = Map.of(PORTS, "80", "kernel.shmmax", "1");
        assertThat(GuestSysctls.of(with(asked))).containsAllEntriesOf(asked);
    }

    private static SandboxSpec with(Map<String, String> sysctls) {
        var plain = PodInMemory.spec();
        return new SandboxSpec(
                plain.id(),
                plain.pod(),
                plain.hostname(),
                plain.network(),
                plain.dns(),
                plain.cgroupParent(),
                plain.resources(),
                plain.annotations(),
                plain.labels(),
                plain.handler(),
                sysctls);
    }
}
