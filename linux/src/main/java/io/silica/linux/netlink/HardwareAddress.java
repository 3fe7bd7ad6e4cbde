// SPDX-License-Identifier: Apache-2.0
package io.silica.linux.netlink;

import java.util.HexFormat;

/**
 * What a link is called by its neighbours.
 *
 * @param text its bytes in hexadecimal, with colons; empty if there are none
 */
public record HardwareAddress(String text) {
    private static final HexFormat FORM = HexFormat.ofDelimiter(":");

    /** Of its bytes; most often six. */
    public static HardwareAddress of(byte[] bytes) {
        return new HardwareAddress(FORM.formatHex(bytes));
    }

    /** Its bytes. */
    public byte[] bytes() {
        return FORM.parseHex(text);
    }

    @Override
    public String toString() {
        return text;
    }
}
