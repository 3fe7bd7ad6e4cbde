// SPDX-License-Identifier: Apache-2.0
package io.silica.ctl;

import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What looks like a secret in a text that is given away. A guess: nobody marks them. Runs are
 * bounded, so that no line takes longer than it is long.
 */
final class Secrets {
    private static final String WITHHELD = "(withheld)";

    private static final String NAME =
            "(?:\\b(?:auth|sig)\\b|[\\w.-]{0,40}(?:token|passw(?:or)?d|passphrase|secret|credential|authorization"
                    + "|signature|(?:api|access|private|signing)[_-]?key)[\\w.-]{0,40})";

    private static final String QUOTE = "\\\\?[\"']?";

    /** As {@code NAME = value} has it, or the lists of names and values of CRI. */
    private static final String GIVES =
            QUOTE + "(?:[ \\t]*[=:]|,[ \\t]*" + QUOTE + "value" + QUOTE + "[ \\t]*[=:])[ \\t]*";

    /** Within quotes, within escaped ones, or bare; what has no other quote ends with its line. */
    private static final String VALUE =
            "(\\\\\"(?:[^\"\\\\\\n]++|\\\\[^\"\\n]){0,200}+\\\\\"|\"(?:[^\"\\\\\\n]++|\\\\.){0,200}+\""
                    + "|'(?:[^'\\\\\\n]++|\\\\.){0,200}+'|[^\\s\"']+|[\"'][^\\n]*)";

    private static final Pattern NAMED =
            Pattern.compile("(?i)(" + NAME + GIVES + "(?:(?:bearer|basic)[ \\t]+)?)" + VALUE);

    private static final Pattern OPTION =
            Pattern.compile("(?i)((?<![\\w.])--?" + NAME + "[ \\t]+)(?![-(])" + VALUE);

    private static final Pattern IN_ADDRESS = Pattern.compile("(://)[^/\\s@]{1,200}@");

    private static final Pattern PRIVATE_KEY =
            Pattern.compile(
                    "(-----BEGIN [A-Z ]{0,40}PRIVATE KEY-----).*?(?=-----END |\\z)",
                    Pattern.DOTALL);

    /** A token of JSON Web Token's form says itself what it is. */
    private static final Pattern JWT = Pattern.compile("\\beyJ[\\w-]{8,}\\.[\\w-]+\\.[\\w-]*");

    private Secrets() {}

    /** The text with what it says of passwords, tokens and keys replaced; their names stay. */
    static String withheld(String text) {
        String keys = PRIVATE_KEY.matcher(text).replaceAll("$1" + WITHHELD);
        String named = NAMED.matcher(keys).replaceAll(Secrets::withoutValue);
        String options = OPTION.matcher(named).replaceAll(Secrets::withoutValue);
        String addresses = IN_ADDRESS.matcher(options).replaceAll("$1" + WITHHELD + "@");
        return JWT.matcher(addresses).replaceAll(WITHHELD);
    }

    /** Quotes stay. */
    private static String withoutValue(MatchResult found) {
        String value = found.group(2);
        String quote =
                value.startsWith("\\\"")
                        ? "\\\""
                        : value.startsWith("\"") ? "\"" : value.startsWith("'") ? "'" : "";
        return Matcher.quoteReplacement(found.group(1) + quote + WITHHELD + quote);
    }
}
