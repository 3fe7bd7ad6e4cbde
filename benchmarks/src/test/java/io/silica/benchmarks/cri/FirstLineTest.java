// SPDX-License-Identifier: Apache-2.0
package io.silica.benchmarks.cri;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FirstLineTest {
    @Test
    void itIsSeenWhenItIsCompleteAndNotBefore(@TempDir Path directory) throws Exception {
        try (var line = FirstLine.of(directory, "0.log")) {
            Path log = directory.resolve("0.log");
            Files.writeString(log, "2026-11-22T12:00:00.000000000Z stdout F hel");
            long before = System.nanoTime();
            append(log, "lo\n");

            assertThat(line.awaitNanos()).isGreaterThanOrEqualTo(before);
        }
    }

    @Test
    void anotherFileIsNotTakenForIt(@TempDir Path directory) throws Exception {
        try (var line = FirstLine.of(directory, "0.log")) {
            String complete = "2026-11-22T12:00:00.000000000Z stdout F hello\n";
            Files.writeString(directory.resolve("1.log"), complete);
            long before = System.nanoTime();
            Files.writeString(directory.resolve("0.log"), complete);

            assertThat(line.awaitNanos()).isGreaterThanOrEqualTo(before);
        }
    }

    private static void append(Path log, String text) throws IOException {
        Files.writeString(log, text, StandardOpenOption.APPEND);
    }
}
