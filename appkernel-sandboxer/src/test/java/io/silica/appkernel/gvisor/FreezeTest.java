// SPDX-License-Identifier: Apache-2.0
package io.silica.appkernel.gvisor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.silica.appkernel.OnGvisor;
import io.silica.appkernel.kernel.KernelContainer;
import io.silica.linux.Poller;
import io.silica.linux.leaks.LeakCheck;
import io.silica.sandbox.ProcessState;
import io.silica.sandbox.SandboxException;
import io.silica.sandbox.Signal;
import io.silica.sandbox.Stdio;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A real sentry that is paused. */
@LeakCheck
@OnGvisor
final class FreezeTest {
    @TempDir Path directory;
    private PodOfOne pod;

    @BeforeEach
    void startPod() throws IOException {
        pod = PodOfOne.start(directory);
    }

    @AfterEach
    void closePod() {
        pod.close();
    }

    @Test
    void aContainerStandsStillUntilItIsResumedAndTwiceIsOnce() throws Exception {
        var in = pod.fifo("in");
        var out = pod.fifo("out");
        var container =
                pod.create(
                        "c1",
                        new Stdio(in.toString(), out.toString(), "", false),
                        "/bin/sh",
                        "-c",
                        "while read a; do echo \"$a!\"; done");
        container.init().start();
        try (var lines = Files.newInputStream(out)) {
            container.pause();
            container.pause();
            assertThat(container.init().state()).isInstanceOf(ProcessState.Paused.class);
            assertThat(container.statistics().memoryBytes()).isPositive();
            Files.writeString(in, "hello\n");
            assertThat(lines.available()).isZero();
            container.resume();
            container.resume();
            assertThat(PodOfOne.readTo(lines, "\n")).isEqualTo("hello!\n");
            assertThat(container.init().state()).isInstanceOf(ProcessState.Running.class);
        }
    }

    @Test
    void aPodWithSeveralContainersThatRunIsNotPausedForOneOfThem() {
        var first = started("c1");
        var second = started("c2");
        assertThatThrownBy(first::pause)
                .isInstanceOf(SandboxException.Unsupported.class)
                .hasMessageContaining("container \"c1\"");
        assertThat(second.init().state()).isInstanceOf(ProcessState.Running.class);
    }

    @Test
    void nothingIsStartedInAPodThatIsPaused() {
        var container = started("c1");
        container.pause();
        var other = pod.create("c2", Stdio.NONE, "/bin/sleep", "1000");
        assertThatThrownBy(() -> other.init().start())
                .isInstanceOf(SandboxException.WrongState.class)
                .hasMessageContaining("cannot start container \"c2\"");
        container.resume();
        other.init().start();
    }

    @Test
    void aContainerThatIsPausedCanBeKilled() throws Exception {
        var container = started("c1");
        container.pause();
        container.init().signal(Signal.KILL, true);
        assertThat(container.init().exit().await().code()).isEqualTo(137);
    }

    @Test
    void thatItIsPausedIsKnownToTheNextDaemon() {
        started("c1").pause();
        pod.die();
        var found = pod.live().getFirst();
        assertThat(found.init().state()).isInstanceOf(ProcessState.Paused.class);
        found.resume();
        assertThat(found.init().state()).isInstanceOf(ProcessState.Running.class);
    }

    /** A daemon died before it heard the answer. */
    @Test
    void whetherAPauseWasCarriedOutIsFoundOut() throws IOException {
        started("c1").pause();
        pod.die();
        Files.writeString(pod.places().freeze(), "changing\n");
        try (var poller = Poller.start("silica-test-freeze")) {
            var sentry = SentryRecord.load(pod.places()).orElseThrow();
            var control = new ControlSocket(sentry.socket(), poller);
            var freeze = new Freeze(pod.places().freeze(), control, Duration.ofSeconds(1));
            freeze.find();
            assertThat(freeze.isFrozen()).isTrue();
            freeze.resume();
        }
        Files.writeString(pod.places().freeze(), "changing\n");
        var running = pod.live().getFirst();
        assertThat(running.init().state()).isInstanceOf(ProcessState.Running.class);
        running.resume();
        running.pause();
    }

    private KernelContainer started(String id) {
        var container = pod.create(id, Stdio.NONE, "/bin/sleep", "1000");
        container.init().start();
        return container;
    }
}
