// SPDX-License-Identifier: Apache-2.0
package io.silica.ctl;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Logs as far as they can be had: a daemon writes to its standard error and knows no more. */
final class DaemonLog {
    private static final int LARGEST = 4 << 20;
    private static final String LINES = "5000";

    private DaemonLog() {}

    /** The end of the file to which a process writes its log; empty if it is none. */
    static String ofProcess(ProcessHandle process) throws IOException {
        var target = Path.of("/proc", Long.toString(process.pid()), "fd/2");
        // Opened as what the process has, and not by its name, which may lead elsewhere by now.
        return Files.isRegularFile(target) ? end(target) : "";
    }

    /** What journald has of units. */
    static String ofUnits(Programs programs, String... units) throws IOException {
        var command =
                new ArrayList<>(
                        List.of(
                                programs.named("journalctl").toString(),
                                "--no-pager",
                                "--quiet",
                                "--output=short-iso-precise",
                                "--lines=" + LINES));
        for (String unit : units) {
            command.add("--unit=" + unit);
        }
        String said = Programs.output(command);
        return said.isBlank()
                ? "journald has nothing of %s\n".formatted(String.join(", ", units))
                : said;
    }

    /** The end of a file, from the beginning of a line on. */
    static String end(Path file) throws IOException {
        try (var open = new RandomAccessFile(file.toFile(), "r")) {
            long skipped = Math.max(0, open.length() - LARGEST);
            open.seek(skipped);
            var bytes = new byte[(int) (open.length() - skipped)];
            open.readFully(bytes);
            String text = new String(bytes, StandardCharsets.UTF_8);
            return skipped == 0 ? text : text.substring(text.indexOf('\n') + 1);
        }
    }
}
