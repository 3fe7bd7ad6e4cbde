// SPDX-License-Identifier: Apache-2.0
package io.silica.appkernel.gvisor;

import static org.assertj.core.api.Assertions.assertThat;

import io.silica.linux.Poller;
import io.silica.linux.leaks.LeakCheck;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Who is collected, and who is not, by somebody who looks all the time. */
@LeakCheck
final class OrphansTest {
    private static final int CHILDREN = 50;
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final long PAUSE_NANOS = 1_000_000;

    @TempDir Path directory;
    private final AtomicBoolean over = new AtomicBoolean();
    private Path exe;
    private Poller poller;
    private Orphans orphans;
    private Thread looking;

    @BeforeEach
    void look() throws IOException {
        // What runsc's own are called.
        exe = Files.createSymbolicLink(directory.resolve("exe"), Path.of("/bin/sh"));
        poller = Poller.start("silica-test-orphans");
        orphans = new Orphans(poller);
        looking =
                Thread.ofPlatform()
                        .name("silica-test-look")
                        .start(() -> {
                            while (!over.get()) {
                                orphans.look();
                            }
                        });
    }

    @AfterEach
    void close() throws InterruptedException {
        over.set(true);
        looking.join();
        orphans.close();
        poller.close();
    }

    @Test
    void noChildOfThisProcessIsTakenFromWhoStartedIt() throws Exception {
        for (int i = 0; i < CHILDREN; i++) {
            var program = i % 2 == 0 ? exe.toString() : "sh";
            assertThat(new ProcessBuilder(program, "-c", "exit 7").start().waitFor()).isEqualTo(7);
        }
    }

    @Test
    void anOrphanOfACommandIsCollectedWhenItEnds() throws Exception {
        var pids = Files.createFile(directory.resolve("pids"));
        var script =
                "%s -c 'echo $$ >>%s' & %s -c 'echo $$ >>%s' & ".formatted(exe, pids, exe, pids);
        assertThat(new ProcessBuilder("setsid", "--wait", "sh", "-c", script).start().waitFor())
                .isZero();
        await(() -> Files.readAllLines(pids).size() == 2);
        for (var pid : Files.readAllLines(pids)) {
            await(() -> !Files.exists(Path.of("/proc", pid)));
        }
    }

    private interface Condition {
        boolean holds() throws IOException;
    }

    private static void await(Condition condition) throws IOException {
        long end = System.nanoTime() + PATIENCE.toNanos();
        while (!condition.holds()) {
            assertThat(System.nanoTime() - end).isNegative();
            LockSupport.parkNanos(PAUSE_NANOS);
        }
    }
}
