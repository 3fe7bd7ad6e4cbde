// SPDX-License-Identifier: Apache-2.0
package io.silica.ctl.verb;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * The terminal that this program runs in, made raw: keys are the command's, not ours. The program
 * stty does it, which each system has.
 */
final class LocalTerminal implements AutoCloseable {
    private static final Pattern SIZE = Pattern.compile("(\\d+) (\\d+)");

    private final String before;
    private final int rows;
    private final int columns;

    private LocalTerminal(String before, int rows, int columns) {
        this.before = before;
        this.rows = rows;
        this.columns = columns;
    }

    /** Makes it raw; empty if there is none. */
    static Optional<LocalTerminal> raw() throws IOException, InterruptedException {
        var before = stty("-g");
        var size = SIZE.matcher(stty("size").orElse(""));
        if (before.isEmpty() || !size.matches()) {
            return Optional.empty();
        }
        var _ = stty("raw", "-echo");
        return Optional.of(
                new LocalTerminal(
                        before.get(),
                        Integer.parseInt(size.group(1)),
                        Integer.parseInt(size.group(2))));
    }

    int rows() {
        return rows;
    }

    int columns() {
        return columns;
    }

    /** Makes it what it was; doing it twice is harmless. */
    @Override
    public void close() {
        try {
            var _ = stty(before);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
    }

    /** What it prints; empty if it fails, as it does without a terminal. */
    private static Optional<String> stty(String... arguments)
            throws IOException, InterruptedException {
        var command = new ArrayList<>(List.of("stty", "-F", "/dev/tty"));
        command.addAll(List.of(arguments));
        var process =
                new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.DISCARD).start();
        process.getOutputStream().close();
        var printed = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        return process.waitFor() == 0 ? Optional.of(printed.strip()) : Optional.empty();
    }
}
