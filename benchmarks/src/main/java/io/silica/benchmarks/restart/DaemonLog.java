// SPDX-License-Identifier: Apache-2.0
package io.silica.benchmarks.restart;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.nio.channels.Channels;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** What is appended to a daemon's log from now on. */
final class DaemonLog {
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private final Path file;
    private final long from;

    private DaemonLog(Path file, long from) {
        this.file = file;
        this.from = from;
    }

    static DaemonLog fromNowOn(Path file) throws IOException {
        return new DaemonLog(file, Files.size(file));
    }

    /** Waits until a life has begun and is ready. */
    Life awaitLife() throws IOException, InterruptedException {
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        Optional<Life> life = Life.of(completeLines());
        while (life.isEmpty()) {
            if (System.nanoTime() > deadline) {
                throw new IOException("no daemon became ready, says " + file);
            }
            Thread.sleep(Duration.ofMillis(10));
            life = Life.of(completeLines());
        }
        return life.get();
    }

    private List<String> completeLines() throws IOException {
        try (var channel = Files.newByteChannel(file).position(from)) {
            var text = new String(Channels.newInputStream(channel).readAllBytes(), UTF_8);
            return text.substring(0, text.lastIndexOf('\n') + 1).lines().toList();
        }
    }
}
