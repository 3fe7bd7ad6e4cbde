// SPDX-License-Identifier: Apache-2.0
package io.silica.benchmarks.restart;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * A wasm-sandboxer under its supervisor, as {@code scripts/sandboxer-private} has started it.
 *
 * @param directory holds everything of both
 */
record SupervisedSandboxer(Path directory) {
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final Pattern WAITS = Pattern.compile("the standby \\(process (\\d+)\\) waits");

    Path controllerSocket() {
        return directory.resolve("wasm-sandboxer.sock");
    }

    Path taskSocket() {
        return directory.resolve("wasm/task.sock");
    }

    Path log() {
        return directory.resolve("wasm-sandboxer.log");
    }

    /** The process of the daemon, which is another one in each of its lives. */
    int daemon() throws IOException {
        return number(directory.resolve("wasm/lock"));
    }

    int supervisor() throws IOException {
        return number(directory.resolve("supervisor.pid"));
    }

    /** The daemon's next life, if it waits. */
    Optional<ProcessHandle> standby() throws IOException {
        var waits =
                WAITS.matcher(Files.readString(log()))
                        .results()
                        .map(said -> Long.parseLong(said.group(1)))
                        .reduce((_, last) -> last);
        long daemon = daemon();
        return waits.filter(pid -> pid != daemon)
                .flatMap(ProcessHandle::of)
                .filter(ProcessHandle::isAlive);
    }

    /** Waits for it. */
    ProcessHandle awaitStandby() throws IOException, InterruptedException {
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        Optional<ProcessHandle> standby = standby();
        while (standby.isEmpty()) {
            if (System.nanoTime() > deadline) {
                throw new IOException("no standby waits, says " + log());
            }
            Thread.sleep(Duration.ofMillis(10));
            standby = standby();
        }
        return standby.get();
    }

    private static int number(Path file) throws IOException {
        return Integer.parseInt(Files.readString(file).strip());
    }
}
