// SPDX-License-Identifier: Apache-2.0
package io.silica.vmm.network;

import io.silica.linux.LinuxException;
import io.silica.linux.NetworkNamespace;
import io.silica.linux.Poller;
import io.silica.proto.guest.PrepareRequest;
import io.silica.sandbox.SandboxException;
import io.silica.sandbox.SandboxNetwork;
import io.silica.sandbox.SandboxSpec;
import io.silica.vmm.hypervisor.Device;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Moves what arrives at the interfaces of a pod's network namespace to tap devices, and back. The
 * devices are in the namespace, and go with it.
 */
public final class TapNetwork implements PodNetwork {
    private final Poller poller = Poller.start("vmm-network");

    @Override
    public void check(SandboxSpec spec) {
        var _ = namespace(spec);
    }

    @Override
    public Optional<Path> namespace(SandboxSpec spec) {
        return switch (spec.network()) {
            case SandboxNetwork.Host() ->
                    throw new SandboxException.Unsupported(
                            "sandbox \"%s\" asks for hostNetwork: a virtual machine has no share in the host's network"
                                    .formatted(spec.id()));
            case SandboxNetwork.Namespace(Path path) -> Optional.of(path);
        };
    }

    @Override
    public Attachment attach(SandboxSpec spec) {
        try (var namespace = NetworkNamespace.open(namespace(spec).orElseThrow())) {
            var tools = new NetworkTools(namespace, poller);
            var found = PodLinks.read(tools);
            var devices = new ArrayList<Device>();
            var guest = PrepareRequest.newBuilder();
            for (var link : found.links()) {
                var tap = PodLinks.TAP + devices.size();
                if (!isThere(tools, tap)) {
                    make(tools, tap, link);
                }
                devices.add(new Device.Network(tap, link.hardwareAddress()));
                guest.addInterfaces(link.forGuest());
            }
            guest.addAllRoutes(found.routes()).addAllNeighbours(found.neighbours());
            return new Attachment(List.copyOf(devices), guest.build());
        } catch (LinuxException e) {
            throw new SandboxException.InvalidArgument(
                    "cannot use the network of sandbox \"%s\": %s"
                            .formatted(spec.id(), e.getMessage()),
                    e);
        }
    }

    @Override
    public void close() {
        poller.close();
    }

    private static boolean isThere(NetworkTools tools, String tap) {
        return tools.run("ip", "-oneline", "link", "show").contains(": " + tap + ":");
    }

    /** Up comes last: until then nothing of the host's own is sent into the guest. */
    private static void make(NetworkTools tools, String tap, PodLinks.PodLink link) {
        tools.run("ip", "tuntap", "add", "dev", tap, "mode", "tap");
        tools.run("ip", "link", "set", "dev", tap, "addrgenmode", "none");
        redirect(tools, link.name(), tap);
        redirect(tools, tap, link.name());
        tools.run("ip", "link", "set", "dev", tap, "mtu", Integer.toString(link.mtu()), "up");
    }

    /** By u32, for not every kernel has matchall. */
    private static void redirect(NetworkTools tools, String from, String to) {
        tools.run("tc", "qdisc", "add", "dev", from, "ingress");
        tools.run(
                "tc",
                "filter",
                "add",
                "dev",
                from,
                "parent",
                "ffff:",
                "protocol",
                "all",
                "u32",
                "match",
                "u32",
                "0",
                "0",
                "action",
                "mirred",
                "egress",
                "redirect",
                "dev",
                to);
    }
}
