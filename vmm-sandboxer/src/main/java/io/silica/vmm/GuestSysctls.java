// SPDX-License-Identifier: Apache-2.0
package io.silica.vmm;

import io.silica.sandbox.SandboxSpec;
import java.util.HashMap;
import java.util.Map;

/**
 * The settings of a guest's kernel: what the pod asks for, and for the rest what containerd gives
 * to pods on the host's kernel by default ({@code enable_unprivileged_ports}, {@code
 * enable_unprivileged_icmp}), for it does not tell a sandboxer of those. The kernel is the pod's
 * own, so that there is none that would concern anybody else.
 */
final class GuestSysctls {
    private static final Map<String, String> CONTAINERDS =
            Map.of(
                    "net.ipv4.ip_unprivileged_port_start", "0",
                    "net.ipv4.ping_group_range", "0 2147483647");

    private GuestSysctls() {}

    /** By name, such as {@code net.core.somaxconn}. */
    static Map<String, String> of(SandboxSpec spec) {
        var all = new HashMap<>(CONTAINERDS);
        all.putAll(spec.sysctls());
        return all;
    }
}
