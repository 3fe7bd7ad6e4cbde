// SPDX-License-Identifier: Apache-2.0
package io.silica.linux.netlink;

/**
 * A network interface.
 *
 * @param index the kernel's number
 * @param name for instance {@code eth0}
 * @param hardwareAddress its own
 * @param mtu the longest packet, in bytes
 * @param up whether it is to work
 * @param kind what the kernel calls it ({@code veth}, {@code tun}); empty for hardware
 */
public record Link(
        int index, String name, HardwareAddress hardwareAddress, int mtu, boolean up, String kind) {
    static final int NEW = 16;
    static final int GET = 18;

    static final int IFF_UP = 1;
    static final int FIXED = 16;

    static final int ADDRESS = 1;
    static final int NAME = 3;
    static final int MTU = 4;
    static final int LINK_INFO = 18;
    static final int INFO_KIND = 1;

    private static final int INDEX = 4;
    private static final int FLAGS = 8;

    static Link of(Answer answer) {
        var attributes = answer.attributes(FIXED);
        return new Link(
                answer.payload().getInt(INDEX),
                attributes.text(NAME),
                HardwareAddress.of(attributes.bytes(ADDRESS).orElse(new byte[0])),
                attributes.number(MTU).orElse(0),
                (answer.payload().getInt(FLAGS) & IFF_UP) != 0,
                attributes.nested(LINK_INFO).text(INFO_KIND));
    }
}
