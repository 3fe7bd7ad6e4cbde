// SPDX-License-Identifier: Apache-2.0
package io.silica.vmm.network;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import io.silica.linux.NetworkNamespace;
import io.silica.linux.Poller;
import io.silica.linux.leaks.LeakCheck;
import io.silica.proto.guest.Interface;
import io.silica.proto.guest.Route;
import io.silica.sandbox.DnsConfig;
import io.silica.sandbox.PodIdentity;
import io.silica.sandbox.PodResources;
import io.silica.sandbox.SandboxException;
import io.silica.sandbox.SandboxId;
import io.silica.sandbox.SandboxNetwork;
import io.silica.sandbox.SandboxSpec;
import io.silica.vmm.hypervisor.Device;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIf;

/** A network namespace as CNI leaves it, and what a machine gets of it. */
@LeakCheck
@EnabledIf(value = "canMake", disabledReason = "needs root, iproute2 and /dev/net/tun")
final class TapNetworkTest {
    private Poller poller;
    private TapNetwork network;
    private NetworkNamespace namespace;
    private NetworkTools tools;

    static boolean canMake() {
        return System.getProperty("user.name").equals("root")
                && Path.of("/dev/net/tun").toFile().exists()
                && Path.of("/usr/sbin/tc").toFile().canExecute();
    }

    @BeforeEach
    void furnish() throws InterruptedException {
        poller = Poller.start("tap-test");
        network = new TapNetwork();
        namespace = NetworkNamespace.create();
        tools = new NetworkTools(namespace, poller);
        ip("link add eth0 type veth peer name other");
        ip("link set eth0 address 02:00:00:00:00:07 mtu 1400 up");
        ip("link set other up");
        ip("address add 10.9.0.2/24 dev eth0");
        ip("address add fd00::2/64 dev eth0 nodad");
        ip("route add default via 10.9.0.1");
        ip("route add 10.77.0.0/16 dev eth0");
        ip("neighbour add 10.9.0.9 lladdr 02:00:00:00:00:09 dev eth0");
    }

    @AfterEach
    void close() {
        network.close();
        namespace.close();
        poller.close();
    }

    @Test
    void theGuestGetsInterfacesAddressesRoutesAndNeighbours() {
        var guest = network.attach(pod(namespace())).guest();
        assertThat(guest.getInterfacesList())
                .contains(
                        Interface.newBuilder()
                                .setName("eth0")
                                .setHardwareAddress(bytes(7))
                                .setMtu(1400)
                                .addAddresses("10.9.0.2/24")
                                .addAddresses("fd00::2/64")
                                .build());
        assertThat(guest.getRoutesList())
                .contains(
                        Route.newBuilder().setGateway("10.9.0.1").setInterface("eth0").build(),
                        Route.newBuilder()
                                .setDestination("10.77.0.0/16")
                                .setInterface("eth0")
                                .setScope(253)
                                .build())
                .noneMatch(it -> it.getDestination().equals("10.9.0.0/24"));
        assertThat(guest.getNeighboursList())
                .singleElement()
                .satisfies(it -> {
                    assertThat(it.getAddress()).isEqualTo("10.9.0.9");
                    assertThat(it.getHardwareAddress()).isEqualTo(bytes(9));
                });
    }

    @Test
    void theMachineGetsATapDeviceForEachInterfaceHoweverOftenItIsAsked() {
        var first = network.attach(pod(namespace()));
        var again = network.attach(pod(namespace()));
        assertThat(first.devices()).hasSize(2).isEqualTo(again.devices());
        assertThat(first.guest()).isEqualTo(again.guest());
        var tap =
                first.devices().stream()
                        .map(Device.Network.class::cast)
                        .filter(it -> it.hardwareAddress().equals("02:00:00:00:00:07"))
                        .map(Device.Network::tap)
                        .findFirst()
                        .orElseThrow();
        assertThat(tools.run("ip", "link", "show", tap)).contains("mtu 1400");
        assertThat(tools.run("tc", "filter", "show", "dev", "eth0", "parent", "ffff:"))
                .contains("Redirect to device " + tap);
        assertThat(tools.run("tc", "filter", "show", "dev", tap, "parent", "ffff:"))
                .contains("Redirect to device eth0");
    }

    @Test
    void hostNetworkIsRefusedInWords() {
        assertThatThrownBy(() -> network.check(pod(new SandboxNetwork.Host())))
                .isInstanceOf(SandboxException.Unsupported.class)
                .hasMessageContaining("hostNetwork");
    }

    @Test
    void whatIsNoNetworkNamespaceIsRefusedByName() {
        var pod = pod(new SandboxNetwork.Namespace(Path.of("/dev/null")));
        assertThatThrownBy(() -> network.attach(pod))
                .isInstanceOf(SandboxException.InvalidArgument.class)
                .hasMessageContaining("/dev/null");
    }

    private SandboxNetwork namespace() {
        return new SandboxNetwork.Namespace(
                Path.of(
                        "/proc",
                        Long.toString(ProcessHandle.current().pid()),
                        "fd",
                        Integer.toString(namespace.descriptor().number())));
    }

    private void ip(String arguments) {
        tools.run("ip", arguments.split(" ", -1));
    }

    private static ByteString bytes(int last) {
        return ByteString.copyFrom(new byte[] {2, 0, 0, 0, 0, (byte) last});
    }

    private static SandboxSpec pod(SandboxNetwork network) {
        return new SandboxSpec(
                new SandboxId("pod"),
                new PodIdentity("pod", "tests", "1", 0),
                "",
                network,
                new DnsConfig(List.of(), List.of(), List.of()),
                Optional.empty(),
                PodResources.UNLIMITED,
                Map.of(),
                Map.of(),
                "vmm");
    }
}
