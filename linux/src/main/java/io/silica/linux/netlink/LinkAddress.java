// SPDX-License-Identifier: Apache-2.0
package io.silica.linux.netlink;

/**
 * An address of a link.
 *
 * @param link the link's index
 * @param prefix the address, and the network that it is in
 * @param scope the kernel's number: 0 for everywhere, 253 for the link, 254 for the machine
 */
public record LinkAddress(int link, Prefix prefix, int scope) {
    static final int NEW = 20;
    static final int GET = 22;

    static final int FIXED = 8;

    static final int ADDRESS = 1;
    static final int LOCAL = 2;
    static final int FLAGS = 8;

    static LinkAddress of(Answer answer) {
        var attributes = answer.attributes(FIXED);
        // Of a link between two points, ADDRESS is the other one.
        var address = attributes.bytes(LOCAL).or(() -> attributes.bytes(ADDRESS)).orElseThrow();
        var fixed = answer.payload();
        return new LinkAddress(
                fixed.getInt(4),
                Prefix.of(address, Byte.toUnsignedInt(fixed.get(1))),
                Byte.toUnsignedInt(fixed.get(3)));
    }
}
