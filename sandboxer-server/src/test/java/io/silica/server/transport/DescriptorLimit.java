// SPDX-License-Identifier: Apache-2.0
package io.silica.server.transport;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.stream.Collectors;

/** Takes from this process the permission to open anything more, and gives it back. */
final class DescriptorLimit implements AutoCloseable {
    /** Started beforehand, for without descriptors no process can be started. */
    private final Process shell;

    private DescriptorLimit(Process shell) {
        this.shell = shell;
    }

    static DescriptorLimit noneLeft() throws IOException {
        var script =
                """
                read lowest && prlimit --pid %d --nofile=$lowest: && echo && read over
                prlimit --pid %1$d --nofile=%s:
                """
                        .formatted(ProcessHandle.current().pid(), softLimit());
        var limit = new DescriptorLimit(new ProcessBuilder("sh", "-c", script).start());
        // Below the limit no number is free, so the next one would have to be beyond it.
        limit.tell(Integer.toString(lowestFree()));
        if (limit.shell.inputReader().readLine() == null) {
            throw new IOException("prlimit failed");
        }
        return limit;
    }

    @Override
    public void close() {
        try {
            tell("over");
            while (shell.inputReader().read() >= 0) {
                // It ends when the limit is as before.
            }
            shell.destroy();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void tell(String line) throws IOException {
        shell.outputWriter().write(line + "\n");
        shell.outputWriter().flush();
    }

    private static String softLimit() throws IOException {
        try (var lines = Files.lines(Path.of("/proc/self/limits"))) {
            return lines.filter(line -> line.startsWith("Max open files"))
                    .map(line -> line.split("\\s{2,}", -1)[1])
                    .collect(Collectors.joining());
        }
    }

    private static int lowestFree() {
        int number = 0;
        while (Files.exists(Path.of("/proc/self/fd/" + number), LinkOption.NOFOLLOW_LINKS)) {
            number++;
        }
        return number;
    }
}
