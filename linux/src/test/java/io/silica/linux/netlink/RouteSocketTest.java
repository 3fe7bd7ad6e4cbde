// SPDX-License-Identifier: Apache-2.0
package io.silica.linux.netlink;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.silica.linux.Errno;
import io.silica.linux.LinuxException;
import io.silica.linux.NetworkNamespace;
import io.silica.linux.leaks.LeakCheck;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

@LeakCheck
class RouteSocketTest {
    private static final int KERNEL = 2;

    @Test
    void aLinkIsNamedBroughtUpAndHasAddressesRoutesAndNeighboursOfBothFamilies() throws Exception {
        inside(socket -> {
            makePair(socket, "left", "right");
            var left = link(socket, "left");
            socket.configure(link(socket, "right").index(), "other", 0);
            socket.configure(left.index(), "eth0", 1400);
            socket.add(new LinkAddress(left.index(), Prefix.parse("10.9.8.7/24"), 0));
            socket.add(new LinkAddress(left.index(), Prefix.parse("fd00::7/64"), 0));
            var gateway = Prefix.address("10.9.8.1");
            var route =
                    new Route(
                            Prefix.parse("0.0.0.0/0"),
                            gateway,
                            left.index(),
                            null,
                            0,
                            0,
                            Route.STATIC);
            socket.add(route);
            var neighbour =
                    new Neighbour(
                            left.index(), gateway, new HardwareAddress("02:00:00:00:00:01"), true);
            socket.add(neighbour);

            var changed = link(socket, "eth0");
            assertThat(changed.index()).isEqualTo(left.index());
            assertThat(changed.mtu()).isEqualTo(1400);
            assertThat(changed.up()).isTrue();
            assertThat(changed.kind()).isEqualTo("veth");
            assertThat(changed.hardwareAddress().bytes()).hasSize(6);
            assertThat(socket.addresses())
                    .extracting(LinkAddress::prefix)
                    .contains(Prefix.parse("10.9.8.7/24"), Prefix.parse("fd00::7/64"));
            assertThat(socket.routes())
                    .contains(route)
                    .anyMatch(it ->
                            it.destination().equals(Prefix.parse("10.9.8.0/24"))
                                    && it.protocol() == KERNEL);
            assertThat(socket.neighbours()).contains(neighbour);
        });
    }

    @Test
    void whatIsThereIsReplaced() throws Exception {
        inside(socket -> {
            makePair(socket, "left", "right");
            int left = link(socket, "left").index();
            for (int i = 0; i < 2; i++) {
                socket.configure(left, "left", 1300);
                socket.add(new LinkAddress(left, Prefix.parse("10.9.8.7/24"), 0));
            }
            assertThat(socket.addresses())
                    .filteredOn(it -> it.link() == left && it.scope() == 0)
                    .hasSize(1);
        });
    }

    @Test
    void aRefusalSaysWhatWasRefused() throws Exception {
        inside(socket ->
                assertThatThrownBy(() -> socket.configure(4711, "eth9", 0))
                        .isInstanceOfSatisfying(
                                LinuxException.class,
                                e -> assertThat(e.errno()).isEqualTo(Errno.ENODEV))
                        .hasMessageContaining("bring up eth9"));
    }

    private static void inside(Consumer<RouteSocket> body) throws Exception {
        assumeTrue(
                Files.getAttribute(Path.of("/proc/self"), "unix:uid").equals(0),
                "a network namespace needs root");
        try (var namespace = NetworkNamespace.create()) {
            namespace.inside(() -> {
                try (var socket = new RouteSocket()) {
                    body.accept(socket);
                }
                return true;
            });
        }
    }

    /** Two links that are each other's ends; what the second is called is told within the first. */
    private static void makePair(RouteSocket socket, String name, String peer) {
        int peerInfo = 1;
        socket.carryOut(
                new Request(
                                "make " + name,
                                Link.NEW,
                                Request.ACK | Request.CREATE | Request.EXCLUSIVE)
                        .fixed(fields -> fields.put(new byte[Link.FIXED]))
                        .attribute(Link.NAME, name)
                        .nested(
                                Link.LINK_INFO,
                                info ->
                                        info.attribute(Link.INFO_KIND, "veth")
                                                .nested(
                                                        2,
                                                        data ->
                                                                data.nested(
                                                                        peerInfo,
                                                                        other ->
                                                                                other.fixed(
                                                                                                fields ->
                                                                                                        fields
                                                                                                                .put(
                                                                                                                        new byte
                                                                                                                                [Link
                                                                                                                                        .FIXED]))
                                                                                        .attribute(
                                                                                                Link
                                                                                                        .NAME,
                                                                                                peer)))));
    }

    private static Link link(RouteSocket socket, String name) {
        return socket.links().stream()
                .filter(it -> it.name().equals(name))
                .findFirst()
                .orElseThrow();
    }
}
