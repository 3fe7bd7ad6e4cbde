// SPDX-License-Identifier: Apache-2.0
package io.silica.server.logging;

/**
 * Text that others chose, made harmless: line breaks, escape sequences of terminals, marks that
 * turn the direction of writing and broken surrogates appear as a backslash, u and four hexadecimal
 * digits; and there is an end to it.
 */
final class PrintableText {
    /**
     * With its fields, a line of this length stays below the 48 KiB at which journald splits lines.
     */
    static final int LONGEST = 16 << 10;

    private PrintableText() {}

    /** Appends as much of {@code text} as is allowed, with what a terminal would act on escaped. */
    static void append(StringBuilder line, String text) {
        append(line, text, false);
    }

    /** Appends {@code text} as the inside of a JSON string. */
    static void appendJson(StringBuilder line, String text) {
        append(line, text, true);
    }

    private static void append(StringBuilder line, String text, boolean json) {
        int most = line.length() + LONGEST;
        for (int i = 0; i < text.length(); ) {
            if (line.length() >= most) {
                line.append(" (").append(text.length() - i).append(" more characters)");
                return;
            }
            int c = text.codePointAt(i);
            append(line, c, json);
            i += Character.charCount(c);
        }
    }

    private static void append(StringBuilder line, int c, boolean json) {
        if (c == '\n') {
            line.append("\\n");
        } else if (json && (c == '"' || c == '\\')) {
            line.append('\\').appendCodePoint(c);
        } else if (isHarmless(c)) {
            line.appendCodePoint(c);
        } else {
            for (char unit : Character.toChars(c)) {
                line.append(String.format("\\u%04x", (int) unit));
            }
        }
    }

    private static boolean isHarmless(int c) {
        return switch (Character.getType(c)) {
            case Character.CONTROL,
                    Character.FORMAT,
                    Character.SURROGATE,
                    Character.LINE_SEPARATOR,
                    Character.PARAGRAPH_SEPARATOR,
                    Character.UNASSIGNED ->
                    false;
            default -> true;
        };
    }
}
