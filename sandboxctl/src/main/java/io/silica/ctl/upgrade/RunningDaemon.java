// SPDX-License-Identifier: Apache-2.0
package io.silica.ctl.upgrade;

import io.silica.ctl.daemon.MetricsSocket;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;

/**
 * A daemon, as far as its state directory tells of it.
 *
 * @param state its state directory
 * @param metrics the socket on which it says whether it is ready
 */
record RunningDaemon(Path state, Path metrics) {
    private static final Duration PAUSE = Duration.ofMillis(20);

    /** The process that has the directory; empty if there is none. */
    Optional<ProcessHandle> process() throws IOException {
        Path lock = state.resolve("lock");
        String pid = Files.isRegularFile(lock) ? Files.readString(lock).strip() : "";
        return pid.matches("[1-9]\\d{0,9}")
                ? ProcessHandle.of(Long.parseLong(pid)).filter(ProcessHandle::isAlive)
                : Optional.empty();
    }

    /**
     * Ends the process, if there is one, as a crash would, and waits until another one has taken
     * its place.
     *
     * @return whether one was ready in time
     */
    boolean replace(Duration patience) throws IOException, InterruptedException {
        var before = process();
        before.ifPresent(ProcessHandle::destroyForcibly);
        long end = System.nanoTime() + patience.toNanos();
        while (System.nanoTime() - end < 0) {
            var next = process();
            if (next.isPresent() && !next.equals(before) && isReady()) {
                return true;
            }
            Thread.sleep(PAUSE);
        }
        return false;
    }

    /** Whether containerd's connections outlive this daemon. */
    boolean isProtected() throws IOException {
        return new MetricsSocket(metrics)
                .get("/metrics")
                .body()
                .lines()
                .anyMatch(line -> line.matches("silica_protected(\\{.*})? 1(\\.0)?"));
    }

    private boolean isReady() {
        try {
            return new MetricsSocket(metrics).get("/readyz").isOk();
        } catch (IOException _) {
            return false; // It does not listen yet.
        }
    }
}
