// SPDX-License-Identifier: Apache-2.0
package io.silica.sandbox;

/** What others say, fit for a message: their words may be a guest's. */
public final class Printable {
    private static final int LONGEST = 600;

    private Printable() {}

    /** The same text, shortened, in printable ASCII. */
    public static String of(String text) {
        String head = text.length() > LONGEST ? text.substring(0, LONGEST) + "..." : text;
        return head.replaceAll("[^ -~]", "?");
    }
}
