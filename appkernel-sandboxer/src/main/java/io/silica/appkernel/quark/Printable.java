// SPDX-License-Identifier: Apache-2.0
package io.silica.appkernel.quark;

/** What Quark says, fit for a message: its words may be a guest's. */
final class Printable {
    private static final int LONGEST = 600;

    private Printable() {}

    /** The same text, shortened, in printable ASCII. */
    static String of(String text) {
        String head = text.length() > LONGEST ? text.substring(0, LONGEST) + "..." : text;
        return head.replaceAll("[^ -~]", "?");
    }
}
