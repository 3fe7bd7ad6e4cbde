// SPDX-License-Identifier: Apache-2.0
package io.silica.manual;

/** Text with the marks of man(7). */
final class Roff {
    private final StringBuilder text = new StringBuilder();

    /** Begins a section. */
    Roff section(String heading) {
        return line(".SH " + heading);
    }

    /** A paragraph of plain words. */
    Roff paragraph(String words) {
        return line(".PP").line(plain(words));
    }

    /**
     * A term, and what it means.
     *
     * @param term with its marks
     */
    Roff entry(String term, String words) {
        return line(".TP").line(term).line(plain(words));
    }

    /** A line with its marks. */
    Roff line(String line) {
        text.append(line).append('\n');
        return this;
    }

    /** In bold. */
    static String bold(String word) {
        return "\\fB" + escaped(word) + "\\fR";
    }

    /** In italics. */
    static String italic(String word) {
        return "\\fI" + escaped(word) + "\\fR";
    }

    /** Words without a mark, also where they begin like a request. */
    static String plain(String words) {
        String line = escaped(words);
        return line.startsWith(".") || line.startsWith("'") ? "\\&" + line : line;
    }

    private static String escaped(String words) {
        return words.replace("\\", "\\e").replace("-", "\\-").replaceAll("\\s+", " ").strip();
    }

    @Override
    public String toString() {
        return text.toString();
    }
}
