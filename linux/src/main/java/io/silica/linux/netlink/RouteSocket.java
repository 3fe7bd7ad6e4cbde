// SPDX-License-Identifier: Apache-2.0
package io.silica.linux.netlink;

import io.silica.linux.LinuxException;
import io.silica.linux.NetlinkSocket;
import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Asks and changes the network of the namespace in which it was opened. What is there already is
 * replaced, so that everything may be done again. On a platform thread, one at a time.
 *
 * <p>Each method throws a {@link LinuxException} that says what was refused.
 */
public final class RouteSocket implements AutoCloseable {
    /** No duplicate is looked for, so that an address of IPv6 works at once. */
    private static final int IFA_F_NODAD = 2;

    private static final int ANY_FAMILY = 0;

    private final NetlinkSocket socket = NetlinkSocket.open();
    private int sequence;

    /** In the network namespace of this thread. */
    public RouteSocket() {}

    /** All links. */
    public List<Link> links() {
        return dump(Link.GET, Link.FIXED).stream().map(Link::of).toList();
    }

    /** The addresses of all links, of both families. */
    public List<LinkAddress> addresses() {
        return dump(LinkAddress.GET, LinkAddress.FIXED).stream().map(LinkAddress::of).toList();
    }

    /** The routes of the main table, of both families. */
    public List<Route> routes() {
        return dump(Route.GET, Route.FIXED).stream()
                .map(Route::of)
                .flatMap(Optional::stream)
                .toList();
    }

    /** Those whose hardware address is known. */
    public List<Neighbour> neighbours() {
        return dump(Neighbour.GET, Neighbour.FIXED).stream()
                .map(Neighbour::of)
                .flatMap(Optional::stream)
                .toList();
    }

    /**
     * Names a link and brings it up.
     *
     * @param mtu 0 leaves it as it is
     */
    public void configure(int link, String name, int mtu) {
        var request =
                new Request("bring up " + name, Link.NEW, Request.ACK)
                        .fixed(fields ->
                                fields.putInt(0)
                                        .putInt(link)
                                        .putInt(Link.IFF_UP)
                                        .putInt(Link.IFF_UP))
                        .attribute(Link.NAME, name);
        carryOut(mtu == 0 ? request : request.attribute(Link.MTU, mtu));
    }

    /** Gives a link an address. */
    public void add(LinkAddress address) {
        var prefix = address.prefix();
        var bytes = prefix.address().getAddress();
        carryOut(
                new Request("add " + prefix, LinkAddress.NEW, creating())
                        .fixed(fields ->
                                fields.put((byte) prefix.family())
                                        .put((byte) prefix.length())
                                        .put((byte) IFA_F_NODAD)
                                        .put((byte) address.scope())
                                        .putInt(address.link()))
                        .attribute(LinkAddress.LOCAL, bytes)
                        .attribute(LinkAddress.ADDRESS, bytes));
    }

    /** Adds a route; its gateway can be reached already. */
    public void add(Route route) {
        var request =
                new Request("add route " + route.destination(), Route.NEW, creating())
                        .fixed(fields -> fixed(fields, route))
                        .attribute(Route.LINK, route.link());
        if (route.destination().length() > 0) {
            request.attribute(Route.DESTINATION, route.destination().address().getAddress());
        }
        attribute(request, Route.GATEWAY, route.gateway());
        attribute(request, Route.SOURCE, route.source());
        if (route.metric() != 0) {
            request.attribute(Route.METRIC, route.metric());
        }
        carryOut(request);
    }

    private static void fixed(ByteBuffer fields, Route route) {
        fields.put((byte) route.destination().family())
                .put((byte) route.destination().length())
                .put((byte) 0)
                .put((byte) 0)
                .put((byte) Route.MAIN)
                .put((byte) route.protocol())
                .put((byte) route.scope())
                .put((byte) Route.UNICAST)
                .putInt(0);
    }

    private static void attribute(Request request, int type, @Nullable InetAddress address) {
        if (address != null) {
            request.attribute(type, address.getAddress());
        }
    }

    /** Tells who is behind an address, for good. */
    public void add(Neighbour neighbour) {
        var address = neighbour.address();
        carryOut(
                new Request("add neighbour " + address.getHostAddress(), Neighbour.NEW, creating())
                        .fixed(fields ->
                                fields.put((byte) Prefix.family(address))
                                        .put((byte) 0)
                                        .putShort((short) 0)
                                        .putInt(neighbour.link())
                                        .putShort((short) Neighbour.PERMANENT)
                                        .put((byte) 0)
                                        .put((byte) Route.UNICAST))
                        .attribute(Neighbour.ADDRESS, address.getAddress())
                        .attribute(
                                Neighbour.HARDWARE_ADDRESS, neighbour.hardwareAddress().bytes()));
    }

    private static int creating() {
        return Request.ACK | Request.CREATE | Request.REPLACE;
    }

    private List<Answer> dump(int type, int fixed) {
        var request =
                new Request("list " + type, type, Request.DUMP)
                        .fixed(fields -> fields.put((byte) ANY_FAMILY).put(new byte[fixed - 1]));
        int asked = send(request);
        var all = new ArrayList<Answer>();
        while (true) {
            for (var answer : Answer.parse(socket.receive())) {
                if (answer.sequence() != asked) {
                    continue;
                }
                if (answer.type() == Answer.DONE) {
                    return all;
                }
                refuse(answer, request);
                all.add(answer);
            }
        }
    }

    /** Sends a request that wants an acknowledgement, and waits for it. */
    void carryOut(Request request) {
        int asked = send(request);
        while (true) {
            for (var answer : Answer.parse(socket.receive())) {
                if (answer.sequence() == asked && answer.type() == Answer.ERROR) {
                    refuse(answer, request);
                    return;
                }
            }
        }
    }

    private int send(Request request) {
        socket.send(request.bytes(++sequence));
        return sequence;
    }

    private static void refuse(Answer answer, Request request) {
        if (answer.type() == Answer.ERROR && answer.errno() != 0) {
            throw NetlinkSocket.refusal(request.words(), answer.errno());
        }
    }

    @Override
    public void close() {
        socket.close();
    }
}
