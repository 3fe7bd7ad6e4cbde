// SPDX-License-Identifier: Apache-2.0
package io.silica.sandbox;

import java.util.regex.Pattern;

/**
 * The form that containerd demands of every identifier: letters and digits, single {@code . _ -}
 * between them, at most 76 characters (containerd, pkg/identifiers). An identifier of this form can
 * be a file name or part of a cgroup's name: it has no slash, no dot-dot and no control character.
 */
final class Identifier {
    private static final int MAXIMUM_LENGTH = 76;
    private static final int SHOWN_LENGTH = 80;
    private static final Pattern FORM = Pattern.compile("[A-Za-z0-9]+(?:[._-][A-Za-z0-9]+)*+");

    private Identifier() {}

    static String require(String kind, String value) {
        if (value.isEmpty()) {
            throw new SandboxException.InvalidArgument(kind + " id is empty");
        }
        if (value.length() > MAXIMUM_LENGTH) {
            throw new SandboxException.InvalidArgument(
                    "%s id \"%s\" has %d characters, more than %d"
                            .formatted(kind, shown(value), value.length(), MAXIMUM_LENGTH));
        }
        if (!FORM.matcher(value).matches()) {
            throw new SandboxException.InvalidArgument(
                    "%s id \"%s\" is not letters and digits joined by single . _ -"
                            .formatted(kind, shown(value)));
        }
        return value;
    }

    /** What may stand in a message or a log: short, printable ASCII. */
    private static String shown(String value) {
        String head = value.length() > SHOWN_LENGTH ? value.substring(0, SHOWN_LENGTH) : value;
        return head.replaceAll("[^ -~]", "?");
    }
}
