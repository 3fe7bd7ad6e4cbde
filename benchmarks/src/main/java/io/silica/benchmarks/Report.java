// SPDX-License-Identifier: Apache-2.0
package io.silica.benchmarks;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;

/** What a benchmark says, in Markdown: a heading, paragraphs and a table of times. */
public final class Report {
    private final StringBuilder text = new StringBuilder();

    public Report(String heading) {
        text.append("## ").append(heading).append('\n');
    }

    public Report paragraph(String sentences) {
        text.append('\n').append(sentences).append('\n');
        return this;
    }

    /**
     * Begins a table; {@link #row} adds to it. The first column is text, the others are numbers.
     */
    public Report table(String... columns) {
        text.append('\n');
        row(List.of(columns));
        var rule = new ArrayList<>(Collections.nCopies(columns.length, "---:"));
        rule.set(0, "---");
        return row(rule);
    }

    public Report row(List<String> cells) {
        text.append("| ").append(String.join(" | ", cells)).append(" |\n");
        return this;
    }

    /** Milliseconds with two places. */
    public static String millis(Duration time) {
        return String.format(Locale.ROOT, "%.2f", time.toNanos() / 1e6);
    }

    /** Microseconds with two places. */
    public static String micros(Duration time) {
        return String.format(Locale.ROOT, "%.2f", time.toNanos() / 1e3);
    }

    /** How long one time is beside another. */
    public static String ratio(Duration time, Duration peer) {
        return String.format(Locale.ROOT, "%.2fx", (double) time.toNanos() / peer.toNanos());
    }

    public void print(PrintStream out) {
        out.println(text);
    }

    /** Appends it to a file, which is made if it is not there. */
    public void append(Path file) throws IOException {
        Files.writeString(
                file,
                "\n" + text,
                StandardCharsets.UTF_8,
                StandardOpenOption.CREATE,
                StandardOpenOption.APPEND);
    }
}
