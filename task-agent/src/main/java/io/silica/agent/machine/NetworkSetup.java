// SPDX-License-Identifier: Apache-2.0
package io.silica.agent.machine;

import com.google.protobuf.ByteString;
import io.silica.linux.netlink.HardwareAddress;
import io.silica.linux.netlink.Link;
import io.silica.linux.netlink.LinkAddress;
import io.silica.linux.netlink.Neighbour;
import io.silica.linux.netlink.Prefix;
import io.silica.linux.netlink.Route;
import io.silica.linux.netlink.RouteSocket;
import io.silica.proto.guest.Interface;
import io.silica.proto.guest.PrepareRequest;
import io.silica.sandbox.SandboxException;
import java.net.InetAddress;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Gives the machine the pod's interfaces, addresses, routes and neighbours. */
final class NetworkSetup {
    private static final String LOOPBACK = "lo";

    private final RouteSocket socket;
    private final List<Link> links;
    private final Map<String, Integer> indices = new HashMap<>();

    private NetworkSetup(RouteSocket socket) {
        this.socket = socket;
        this.links = socket.links();
    }

    static void apply(PrepareRequest request) {
        try (var socket = new RouteSocket()) {
            new NetworkSetup(socket).setUp(request);
        }
    }

    private void setUp(PrepareRequest request) {
        for (var link : links) {
            if (link.name().equals(LOOPBACK)) {
                socket.configure(link.index(), LOOPBACK, 0);
                indices.put(LOOPBACK, link.index());
            }
        }
        request.getInterfacesList().forEach(this::add);
        var routes = request.getRoutesList();
        // A gateway has to be on a link by the time that it is named.
        routes.stream().filter(route -> route.getGateway().isEmpty()).forEach(this::add);
        routes.stream().filter(route -> !route.getGateway().isEmpty()).forEach(this::add);
        request.getNeighboursList().forEach(this::add);
    }

    private void add(Interface wanted) {
        int link = find(hardware(wanted.getHardwareAddress())).index();
        socket.configure(link, wanted.getName(), wanted.getMtu());
        indices.put(wanted.getName(), link);
        for (var address : wanted.getAddressesList()) {
            socket.add(new LinkAddress(link, prefix(address), 0));
        }
    }

    private Link find(HardwareAddress hardwareAddress) {
        for (var link : links) {
            if (link.hardwareAddress().equals(hardwareAddress)) {
                return link;
            }
        }
        throw new SandboxException.InvalidArgument(
                "the machine has no interface with the address " + hardwareAddress);
    }

    private void add(io.silica.proto.guest.Route wanted) {
        var destination =
                wanted.getDestination().isEmpty()
                        ? prefix(wanted.getIpv6() ? "::/0" : "0.0.0.0/0")
                        : prefix(wanted.getDestination());
        socket.add(
                new Route(
                        destination,
                        address(wanted.getGateway()),
                        index(wanted.getInterface()),
                        address(wanted.getSource()),
                        wanted.getScope(),
                        wanted.getMetric(),
                        Route.STATIC));
    }

    private void add(io.silica.proto.guest.Neighbour wanted) {
        socket.add(
                new Neighbour(
                        index(wanted.getInterface()),
                        prefix(wanted.getAddress()).address(),
                        hardware(wanted.getHardwareAddress()),
                        true));
    }

    private static HardwareAddress hardware(ByteString bytes) {
        return HardwareAddress.of(bytes.toByteArray());
    }

    private int index(String name) {
        var index = indices.get(name);
        if (index == null) {
            throw new SandboxException.InvalidArgument("no interface \"" + name + "\" was named");
        }
        return index;
    }

    private static Prefix prefix(String text) {
        try {
            return Prefix.parse(text);
        } catch (IllegalArgumentException e) {
            throw new SandboxException.InvalidArgument("not an address: \"" + text + "\"", e);
        }
    }

    private static @Nullable InetAddress address(String text) {
        return text.isEmpty() ? null : prefix(text).address();
    }
}
