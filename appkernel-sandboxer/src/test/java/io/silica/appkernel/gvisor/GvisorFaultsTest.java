// SPDX-License-Identifier: Apache-2.0
package io.silica.appkernel.gvisor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.silica.appkernel.OnGvisor;
import io.silica.appkernel.kernel.KernelContainer;
import io.silica.linux.Pidfd;
import io.silica.linux.ProcessIdentity;
import io.silica.linux.leaks.LeakCheck;
import io.silica.sandbox.ExecConfig;
import io.silica.sandbox.ExecId;
import io.silica.sandbox.ProcessSpec;
import io.silica.sandbox.ProcessState;
import io.silica.sandbox.SandboxException;
import io.silica.sandbox.Signal;
import io.silica.sandbox.Stdio;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.FutureTask;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is done to the processes of a pod behind the daemon's back. */
@LeakCheck
@OnGvisor
final class GvisorFaultsTest {
    private static final int SIGSTOP = 19;
    private static final int ADDED = 20;
    private static final Duration SHORT = Duration.ofSeconds(1);
    private static final Duration PATIENCE = Duration.ofSeconds(60);

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
    void aSentryThatStandsStillIsEndedWithItsPod() throws Exception {
        var container = started("c1");
        signal(pod.pod().pid(), SIGSTOP);
        pod.pod().stop();
        assertThat(container.init().exit().await().code()).isEqualTo(137);
        assertThat(pod.pod().exit().await().code()).isZero();
    }

    /** It serves one container its files, and the sentry does not go on with that without. */
    @Test
    void aGoferThatIsKilledEndsItsContainerAndNoOther() throws Exception {
        var dies = started("c1");
        var lives = started("c2");
        signal(gofer("c1"), Pidfd.SIGKILL);
        assertThat(dies.init().exit().await().code()).isEqualTo(137);
        dies.init().delete();
        assertThat(lives.init().state()).isInstanceOf(ProcessState.Running.class);
        assertThat(lives.statistics().memoryBytes()).isPositive();
    }

    @Test
    void aGoferThatStandsStillHoldsUpNoOtherContainerAndEndsWithItsPod() throws Exception {
        var stands = started("c1");
        var lives = started("c2");
        signal(gofer("c1"), SIGSTOP);
        assertThat(pod.output(lives, ProcessSpec.User.ROOT, "busybox echo hello"))
                .isEqualTo("hello\n");
        pod.pod().stop();
        assertThat(stands.init().exit().await().code()).isEqualTo(137);
        assertThat(lives.init().exit().await().code()).isEqualTo(137);
    }

    /** Also what a command of runsc is needed for. */
    @Test
    void whateverIsAskedOfASentryThatStandsStillHasAnEnd() throws Exception {
        started("c1");
        pod.die();
        var container = pod.live(SHORT).getFirst();
        signal(pod.pod().pid(), SIGSTOP);
        var process = PodOfOne.process(Stdio.NONE, "/bin/sleep", "1000");
        var added = container.exec(new ExecConfig(new ExecId("e1"), process, Stdio.NONE));
        var another = pod.create("c2", Stdio.NONE, "/bin/sleep", "1000");

        var asked =
                Stream.<Runnable>of(
                                container::statistics,
                                added::start,
                                () -> container.init().signal(Signal.TERM, false),
                                another.init()::start)
                        .map(GvisorFaultsTest::begun)
                        .toList();

        for (var call : asked) {
            assertThatThrownBy(call::get).hasCauseInstanceOf(SandboxException.TimedOut.class);
        }
        assertThat(container.init().state()).isInstanceOf(ProcessState.Running.class);
        pod.pod().stop();
        assertThat(container.init().exit().await().code()).isEqualTo(137);
    }

    private static FutureTask<Boolean> begun(Runnable call) {
        var task =
                new FutureTask<>(() -> {
                    call.run();
                    return true;
                });
        Thread.ofPlatform().name("silica-test-call").start(task);
        return task;
    }

    /** With one that is idle a sentry takes ten seconds to end. */
    @Test
    void eachProcessHasOneConnectionWhichHoldsUpNoEnd() throws Exception {
        long before = sockets();
        var container = started("c1");
        var process = PodOfOne.process(Stdio.NONE, "/bin/sleep", "1000");
        for (int i = 0; i < ADDED; i++) {
            container.exec(new ExecConfig(new ExecId("e" + i), process, Stdio.NONE)).start();
        }
        awaitSockets(before + 1 + ADDED);
        pod.pod().stop();
        for (var added : container.execs().values()) {
            assertThat(added.exit().await().code()).isEqualTo(137);
        }
        awaitSockets(before);
    }

    private static void awaitSockets(long count) throws IOException {
        long end = System.nanoTime() + PATIENCE.toNanos();
        while (sockets() != count) {
            assertThat(System.nanoTime() - end).as("%d sockets", sockets()).isNegative();
            Thread.onSpinWait();
        }
    }

    private static long sockets() throws IOException {
        try (var open = Files.list(Path.of("/proc/self/fd"))) {
            // What is waited for has a descriptor of its own.
            return open.map(GvisorFaultsTest::target)
                    .filter(it -> it.startsWith("socket:"))
                    .distinct()
                    .count();
        }
    }

    private static String target(Path descriptor) {
        try {
            return Files.readSymbolicLink(descriptor).toString();
        } catch (IOException _) {
            return ""; // It was closed.
        }
    }

    private int gofer(String container) throws IOException {
        var bundle = "--bundle=" + pod.places().directory().resolve("containers/" + container);
        try (var processes = Files.newDirectoryStream(Path.of("/proc"), "[0-9]*")) {
            for (var process : processes) {
                var arguments = arguments(process);
                if (arguments.getFirst().endsWith("runsc-gofer") && arguments.contains(bundle)) {
                    return Integer.parseInt(process.getFileName().toString());
                }
            }
        }
        throw new AssertionError("there is no gofer of container " + container);
    }

    private static List<String> arguments(Path process) {
        try {
            var line = Files.readAllBytes(process.resolve("cmdline"));
            return List.of(new String(line, StandardCharsets.UTF_8).split("\0", -1));
        } catch (IOException _) {
            return List.of(""); // It has ended.
        }
    }

    private static void signal(int pid, int signal) {
        try (var pidfd = Pidfd.open(ProcessIdentity.of(pid).orElseThrow()).orElseThrow()) {
            pidfd.signal(signal);
        }
    }

    private KernelContainer started(String id) {
        var container = pod.create(id, Stdio.NONE, "/bin/sleep", "1000");
        container.init().start();
        return container;
    }
}
