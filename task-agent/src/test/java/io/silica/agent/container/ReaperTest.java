// SPDX-License-Identifier: Apache-2.0
package io.silica.agent.container;

import static org.assertj.core.api.Assertions.assertThat;

import io.silica.linux.Descriptor;
import io.silica.linux.Pipe;
import io.silica.linux.Poller;
import io.silica.linux.Spawn;
import io.silica.linux.Subreaper;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class ReaperTest {
    private static final Reaper REAPER = new Reaper(InstantSource.system());

    @BeforeAll
    static void becomeTheParentOfOrphans() {
        Subreaper.enable();
        REAPER.start();
    }

    @Test
    void aChildsCodeIsKnown() throws InterruptedException {
        var started = REAPER.spawn(shell("exit 7"));
        assertThat(started.exit().await().code()).isEqualTo(7);
        assertThat(REAPER.signal(started.pid(), 0)).isFalse();
    }

    @Test
    void aSignalReachesAChildThatRuns() throws InterruptedException {
        var started = REAPER.spawn(shell("exec sleep 100"));
        assertThat(REAPER.signal(started.pid(), 9)).isTrue();
        assertThat(started.exit().await().code()).isEqualTo(137);
    }

    @Test
    void anOrphanThatEndsBeforeItIsKnownKeepsItsCode() throws Exception {
        try (var window = REAPER.expect()) {
            int orphan = leaveOrphan("exit 3");
            awaitCollected(orphan);
            assertThat(window.adopt(orphan).await().code()).isEqualTo(3);
        }
    }

    @Test
    void anOrphanThatIsKnownBeforeItEndsHasItsCode() throws Exception {
        try (var window = REAPER.expect()) {
            int orphan = leaveOrphan("exec sleep 100");
            var exit = window.adopt(orphan);
            assertThat(exit.status()).isEmpty();
            assertThat(REAPER.signal(orphan, 15)).isTrue();
            assertThat(exit.await().code()).isEqualTo(143);
        }
    }

    @Test
    void anOrphanThatNobodyWantsIsCollected() throws Exception {
        awaitCollected(leaveOrphan("exit 4"));
    }

    /**
     * Has a child start another and end; the other one's pid. It runs the script once its parent
     * has ended: a shell collects children of its own that end while it lives.
     */
    private static int leaveOrphan(String script) throws Exception {
        try (var poller = Poller.start("reaper-test");
                var go = Pipe.open();
                var pipe = Pipe.open()) {
            var parent =
                    REAPER.spawn(
                            shell("(read -r _; " + script + ") <&3 >/dev/null & echo $!")
                                    .descriptor(1, pipe.writer())
                                    .descriptor(3, go.reader()));
            pipe.writer().close();
            assertThat(parent.exit().await().code()).isZero();
            return Integer.parseInt(line(pipe.reader(), poller));
        }
    }

    private static String line(Descriptor descriptor, Poller poller) throws Exception {
        try (var reader =
                new BufferedReader(
                        new InputStreamReader(
                                poller.inputStream(descriptor.duplicate()),
                                StandardCharsets.UTF_8))) {
            return String.valueOf(reader.readLine());
        }
    }

    private static void awaitCollected(int pid) throws InterruptedException {
        long end = System.nanoTime() + Duration.ofSeconds(60).toNanos();
        while (Subreaper.children().contains(pid)) {
            assertThat(System.nanoTime() - end).as("zombie " + pid).isNegative();
            Thread.onSpinWait();
        }
    }

    private static Spawn shell(String script) {
        return Spawn.of(Path.of("/bin/sh"), "-c", script)
                .environment(Map.of("PATH", "/usr/bin:/bin"));
    }
}
