// SPDX-License-Identifier: Apache-2.0
package io.silica.linux.netlink;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Arrays;

/**
 * An address and how many of its bits name a network.
 *
 * @param address 4 or 16 bytes
 * @param length bits
 */
public record Prefix(InetAddress address, int length) {
    private static final int AF_INET = 2;
    private static final int AF_INET6 = 10;

    public Prefix {
        if (length < 0 || length > Byte.SIZE * address.getAddress().length) {
            throw new IllegalArgumentException("no prefix of " + length + " bits");
        }
    }

    /**
     * Reads {@code 10.1.2.3/24}; without a length it is the address alone.
     *
     * @throws IllegalArgumentException if it is none, or a name
     */
    public static Prefix parse(String text) {
        int slash = text.indexOf('/');
        var address = address(slash < 0 ? text : text.substring(0, slash));
        return new Prefix(
                address,
                slash < 0
                        ? Byte.SIZE * address.getAddress().length
                        : Integer.parseInt(text, slash + 1, text.length(), 10));
    }

    /**
     * Reads an address; a name is none.
     *
     * @throws IllegalArgumentException if it is none
     */
    public static InetAddress address(String text) {
        return InetAddress.ofLiteral(text);
    }

    static Prefix of(byte[] address, int length) {
        try {
            return new Prefix(InetAddress.getByAddress(address), length);
        } catch (UnknownHostException e) {
            throw new IllegalArgumentException("no address: " + Arrays.toString(address), e);
        }
    }

    int family() {
        return family(address);
    }

    static int family(InetAddress address) {
        return address.getAddress().length == Integer.BYTES ? AF_INET : AF_INET6;
    }

    @Override
    public String toString() {
        return address.getHostAddress() + "/" + length;
    }
}
