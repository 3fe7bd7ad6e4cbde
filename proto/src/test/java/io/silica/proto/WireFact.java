// SPDX-License-Identifier: Apache-2.0
package io.silica.proto;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * One thing that both sides of a wire must agree on.
 *
 * @param topLevel full name of the message, enum or service that it belongs to, the outermost one
 * @param name full name of what it is about
 * @param says what must be equal, as text
 */
record WireFact(String topLevel, String name, String says) {

    String protoPackage() {
        return topLevel.substring(0, topLevel.lastIndexOf('.'));
    }

    /** This fact as it were if {@code from}, a package or a type, had the name {@code to}. */
    WireFact renamed(String from, String to) {
        var whole = Pattern.compile("(?<![\\w.])" + Pattern.quote(from) + "(?!\\w)");
        var replacement = Matcher.quoteReplacement(to);
        return new WireFact(
                whole.matcher(topLevel).replaceAll(replacement),
                whole.matcher(name).replaceAll(replacement),
                whole.matcher(says).replaceAll(replacement));
    }

    @Override
    public String toString() {
        return name + ": " + says;
    }
}
