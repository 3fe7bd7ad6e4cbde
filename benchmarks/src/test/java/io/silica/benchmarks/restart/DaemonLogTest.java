// SPDX-License-Identifier: Apache-2.0
package io.silica.benchmarks.restart;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class DaemonLogTest {
    private static final String BEGUN =
            "%s INFO  io.silica.server.cli.DaemonCommand: x-sandboxer 1 starts with these settings: all by default\n";
    private static final String READY =
            "%s INFO  io.silica.server.SandboxerDaemon: ready, with 3 sandboxes\n";

    @TempDir private Path directory;

    @Test
    void aLifeIsTheFirstThatBeginsFromNowOnAndBecomesReady() throws Exception {
        Path file = directory.resolve("log");
        Files.writeString(file, life("2026-11-22T12:00:00.000Z", "2026-11-22T12:00:01.000Z"));
        var log = DaemonLog.fromNowOn(file);
        append(file, "x-sandboxer (process 7) was ended by signal 9; starting it again in 0 ms\n");
        append(file, life("2026-11-22T12:00:02.100Z", "2026-11-22T12:00:02.300Z"));

        assertThat(log.awaitLife())
                .isEqualTo(
                        new Life(
                                Instant.parse("2026-11-22T12:00:02.100Z"),
                                Instant.parse("2026-11-22T12:00:02.300Z")));
    }

    @Test
    void aLifeIsWaitedForUntilItIsReady() throws Exception {
        Path file = directory.resolve("log");
        Files.writeString(file, "");
        var log = DaemonLog.fromNowOn(file);
        append(file, BEGUN.formatted("2026-11-22T12:00:02.100Z"));
        try (var waiting = Executors.newVirtualThreadPerTaskExecutor()) {
            var life = waiting.submit(log::awaitLife);
            append(file, READY.formatted("2026-11-22T12:00:02.300Z"));

            assertThat(life.get().ready()).isEqualTo(Instant.parse("2026-11-22T12:00:02.300Z"));
        }
    }

    private static String life(String begun, String ready) {
        return BEGUN.formatted(begun) + READY.formatted(ready);
    }

    private static void append(Path file, String text) throws IOException {
        Files.writeString(file, text, StandardOpenOption.APPEND);
    }
}
