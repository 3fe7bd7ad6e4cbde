// SPDX-License-Identifier: Apache-2.0
package io.silica.linux.netlink;

import java.net.InetAddress;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A way to a network, of the main table.
 *
 * @param destination length 0 is the default route
 * @param gateway null for what is on the link
 * @param link the index of the link
 * @param source preferred address of what is sent; null for the kernel's choice
 * @param scope the kernel's number: 0 for everywhere, 253 for the link
 * @param metric the lower one wins; 0 for the kernel's choice
 * @param protocol who made it, by the kernel's number: 2 for the kernel
 */
public record Route(
        Prefix destination,
        @Nullable InetAddress gateway,
        int link,
        @Nullable InetAddress source,
        int scope,
        int metric,
        int protocol) {
    /** Made by an administrator. */
    public static final int STATIC = 4;

    static final int NEW = 24;
    static final int GET = 26;

    static final int FIXED = 12;
    static final int MAIN = 254;
    static final int UNICAST = 1;

    static final int DESTINATION = 1;
    static final int LINK = 4;
    static final int GATEWAY = 5;
    static final int METRIC = 6;
    static final int SOURCE = 7;

    /** Empty if it is of another table, no way to anybody, or has several links. */
    static Optional<Route> of(Answer answer) {
        var fixed = answer.payload();
        var attributes = answer.attributes(FIXED);
        var link = attributes.number(LINK);
        if (Byte.toUnsignedInt(fixed.get(4)) != MAIN || fixed.get(7) != UNICAST || link.isEmpty()) {
            return Optional.empty();
        }
        int bytes = fixed.get(0) == 2 ? Integer.BYTES : 2 * Long.BYTES;
        var destination = attributes.bytes(DESTINATION).orElse(new byte[bytes]);
        return Optional.of(
                new Route(
                        Prefix.of(destination, Byte.toUnsignedInt(fixed.get(1))),
                        address(attributes, GATEWAY),
                        link.getAsInt(),
                        address(attributes, SOURCE),
                        Byte.toUnsignedInt(fixed.get(6)),
                        attributes.number(METRIC).orElse(0),
                        Byte.toUnsignedInt(fixed.get(5))));
    }

    private static @Nullable InetAddress address(Attributes attributes, int type) {
        return attributes.bytes(type).map(bytes -> Prefix.of(bytes, 0).address()).orElse(null);
    }
}
