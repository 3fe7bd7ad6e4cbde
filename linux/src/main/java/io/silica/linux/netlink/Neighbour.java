// SPDX-License-Identifier: Apache-2.0
package io.silica.linux.netlink;

import java.net.InetAddress;
import java.util.Optional;

/**
 * Who is behind an address on a link.
 *
 * @param link the link's index
 * @param address of the network
 * @param hardwareAddress of the link
 * @param permanent whether it was told, and not found out
 */
public record Neighbour(
        int link, InetAddress address, HardwareAddress hardwareAddress, boolean permanent) {
    static final int NEW = 28;
    static final int GET = 30;

    static final int FIXED = 12;
    static final int PERMANENT = 0x80;

    static final int ADDRESS = 1;
    static final int HARDWARE_ADDRESS = 2;

    /** Empty if nobody knows its hardware address. */
    static Optional<Neighbour> of(Answer answer) {
        var fixed = answer.payload();
        var attributes = answer.attributes(FIXED);
        var address = attributes.bytes(ADDRESS);
        var hardware = attributes.bytes(HARDWARE_ADDRESS);
        if (address.isEmpty() || hardware.isEmpty()) {
            return Optional.empty();
        }
        return Optional.of(
                new Neighbour(
                        fixed.getInt(4),
                        Prefix.of(address.get(), 0).address(),
                        HardwareAddress.of(hardware.get()),
                        (fixed.getShort(8) & PERMANENT) != 0));
    }
}
