// SPDX-License-Identifier: Apache-2.0
package io.silica.vmm.network;

import com.google.protobuf.ByteString;
import io.silica.proto.guest.Interface;
import io.silica.proto.guest.Neighbour;
import io.silica.proto.guest.Route;
import io.silica.sandbox.SandboxException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * What {@code ip -json} says of a network namespace, as far as a guest is to have the same.
 *
 * @param links its Ethernet interfaces
 * @param routes those that the guest's kernel does not make by itself
 * @param neighbours those that somebody has written down
 */
record PodLinks(List<PodLink> links, List<Route> routes, List<Neighbour> neighbours) {
    /** How the names of tap devices begin that are ours. */
    static final String TAP = "silica";

    private static final JsonMapper JSON = JsonMapper.shared();

    /** Of linux/rtnetlink.h. */
    private static final int SCOPE_LINK = 253;

    PodLinks {
        links = List.copyOf(links);
        routes = List.copyOf(routes);
        neighbours = List.copyOf(neighbours);
    }

    /**
     * An interface.
     *
     * @param name in the namespace
     * @param hardwareAddress as ip writes it
     * @param mtu in bytes
     * @param addresses each with its prefix length
     */
    record PodLink(String name, String hardwareAddress, int mtu, List<String> addresses) {
        PodLink {
            addresses = List.copyOf(addresses);
        }

        Interface forGuest() {
            return Interface.newBuilder()
                    .setName(name)
                    .setHardwareAddress(bytes(hardwareAddress))
                    .setMtu(mtu)
                    .addAllAddresses(addresses)
                    .build();
        }
    }

    static PodLinks read(NetworkTools tools) {
        var links = links(tools.run("ip", "-json", "address", "show"));
        var names = links.stream().map(PodLink::name).collect(Collectors.toSet());
        var routes = new ArrayList<Route>();
        routes.addAll(routes(tools.run("ip", "-json", "-4", "route", "show"), names, false));
        routes.addAll(routes(tools.run("ip", "-json", "-6", "route", "show"), names, true));
        return new PodLinks(
                links, routes, neighbours(tools.run("ip", "-json", "neighbour", "show"), names));
    }

    static List<PodLink> links(String json) {
        var links = new ArrayList<PodLink>();
        for (var link : parse(json)) {
            var name = link.path("ifname").asString("");
            if (link.path("link_type").asString("").equals("ether") && !name.startsWith(TAP)) {
                links.add(
                        new PodLink(
                                name,
                                link.path("address").asString(""),
                                link.path("mtu").asInt(0),
                                addresses(link.path("addr_info"))));
            }
        }
        return links;
    }

    /** The guest makes its own of the scope of a link. */
    private static List<String> addresses(JsonNode all) {
        var addresses = new ArrayList<String>();
        for (var address : all) {
            if (address.path("scope").asString("").equals("global")) {
                addresses.add(
                        address.path("local").asString("")
                                + "/"
                                + address.path("prefixlen").asInt(0));
            }
        }
        return addresses;
    }

    static List<Route> routes(String json, Set<String> names, boolean ipv6) {
        var routes = new ArrayList<Route>();
        for (var route : parse(json)) {
            boolean ofTheKernel = route.path("protocol").asString("").equals("kernel");
            if (!ofTheKernel && names.contains(route.path("dev").asString(""))) {
                routes.add(route(route, ipv6));
            }
        }
        return routes;
    }

    private static Route route(JsonNode route, boolean ipv6) {
        var destination = route.path("dst").asString("");
        return Route.newBuilder()
                .setDestination(destination.equals("default") ? "" : prefixed(destination, ipv6))
                .setGateway(route.path("gateway").asString(""))
                .setInterface(route.path("dev").asString(""))
                .setSource(route.path("prefsrc").asString(""))
                .setScope(route.path("scope").asString("").equals("link") ? SCOPE_LINK : 0)
                .setMetric(ipv6 ? 0 : route.path("metric").asInt(0))
                .setIpv6(ipv6)
                .build();
    }

    /** A single address is written without its length. */
    private static String prefixed(String destination, boolean ipv6) {
        return destination.contains("/") ? destination : destination + (ipv6 ? "/128" : "/32");
    }

    static List<Neighbour> neighbours(String json, Set<String> names) {
        var neighbours = new ArrayList<Neighbour>();
        for (var neighbour : parse(json)) {
            var dev = neighbour.path("dev").asString("");
            if (neighbour.path("state").toString().contains("PERMANENT")
                    && neighbour.has("lladdr")
                    && names.contains(dev)) {
                neighbours.add(
                        Neighbour.newBuilder()
                                .setAddress(neighbour.path("dst").asString(""))
                                .setHardwareAddress(bytes(neighbour.path("lladdr").asString("")))
                                .setInterface(dev)
                                .build());
            }
        }
        return neighbours;
    }

    private static ByteString bytes(String hardwareAddress) {
        return ByteString.copyFrom(HexFormat.ofDelimiter(":").parseHex(hardwareAddress));
    }

    private static JsonNode parse(String json) {
        try {
            return JSON.readTree(json.isBlank() ? "[]" : json);
        } catch (JacksonException e) {
            throw new SandboxException.Failed("what ip says of a network makes no sense", e);
        }
    }
}
