// SPDX-License-Identifier: Apache-2.0
package io.silica.vmm.agent;

/** What a guest says, fit for a message. */
public final class Printable {
    private static final int LONGEST = 600;

    private Printable() {}

    /** The beginning of a text, in printable ASCII. */
    public static String of(String text) {
        var head = text.length() > LONGEST ? text.substring(0, LONGEST) + "..." : text;
        return head.replaceAll("[^ -~]", "?");
    }
}
