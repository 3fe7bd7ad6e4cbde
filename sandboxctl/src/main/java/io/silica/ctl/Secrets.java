// SPDX-License-Identifier: Apache-2.0
package io.silica.ctl;

import java.util.regex.Pattern;

/** What looks like a secret in a text that is given away. A guess: nobody marks them. */
final class Secrets {
    private static final String WITHHELD = "(withheld)";

    /** Runs of a name are bounded, so that no line takes longer than it is long. Quotes stay. */
    private static final Pattern NAMED =
            Pattern.compile(
                    "(?i)([\\w.-]{0,40}(?:token|passw(?:or)?d|secret|credential|authorization|api[_-]?key)[\\w.-]{0,40}"
                            + "\\\\?[\"']?[ \\t]*[=:][ \\t]*(?:\\\\?[\"'])?(?:(?:bearer|basic)[ \\t]+)?)"
                            + "((?<=[\"'])[^\"'\\n\\\\]*|[^\\s,;\"']+)");

    private static final Pattern IN_ADDRESS = Pattern.compile("(://)[^/\\s@]{1,200}@");

    private static final Pattern PRIVATE_KEY =
            Pattern.compile("(-----BEGIN [A-Z ]{0,40}PRIVATE KEY-----)[^-]*");

    private Secrets() {}

    /** The text with what it says of passwords, tokens and keys replaced; their names stay. */
    static String withheld(String text) {
        String named = NAMED.matcher(text).replaceAll("$1" + WITHHELD);
        String addresses = IN_ADDRESS.matcher(named).replaceAll("$1" + WITHHELD + "@");
        return PRIVATE_KEY.matcher(addresses).replaceAll("$1" + WITHHELD);
    }
}
