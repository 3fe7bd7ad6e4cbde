// SPDX-License-Identifier: Apache-2.0
package io.silica.appkernel.gvisor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.silica.appkernel.OnGvisor;
import io.silica.appkernel.kernel.KernelContainer;
import io.silica.linux.Pidfd;
import io.silica.linux.Poller;
import io.silica.linux.ProcessIdentity;
import io.silica.linux.leaks.LeakCheck;
import io.silica.sandbox.ExecConfig;
import io.silica.sandbox.ExecId;
import io.silica.sandbox.ProcessSpec;
import io.silica.sandbox.ProcessState;
import io.silica.sandbox.SandboxException;
import io.silica.sandbox.SandboxId;
import io.silica.sandbox.SandboxNetwork;
import io.silica.sandbox.Signal;
import io.silica.sandbox.Stdio;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.FutureTask;
import java.util.concurrent.locks.LockSupport;
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
    private static final long PAUSE_NANOS = 1_000_000;
    private static final SandboxId ANOTHER = new SandboxId("another");
    private static final Path SOCKETS = Path.of("/proc/net/unix");

    /** In which column there a socket's state is, and what that is called. */
    private static final int STATE = 5;

    private static final String CONNECTED = "03";

    @TempDir Path directory;
    private PodOfOne pod;
    private Path control;

    @BeforeEach
    void startPod() throws IOException {
        pod = PodOfOne.start(directory);
        control = SentryRecord.load(pod.places()).orElseThrow().socket();
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

    @Test
    void aSentryThatCannotBeWrittenDownIsEnded() throws Exception {
        var places = PodPlaces.of(directory.resolve("pods"), ANOTHER);
        try (var second = pod.prepare(ANOTHER, new SandboxNetwork.Host());
                var poller = Poller.start("silica-test-processes")) {
            // No file can take its place.
            Files.createDirectories(places.kernel().resolve("something"));
            assertThatThrownBy(second::start).isInstanceOf(UncheckedIOException.class);
            assertThat(new PodProcesses(places.directory(), poller).pids()).isEmpty();
        }
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
        var container = started("c1");
        var process = PodOfOne.process(Stdio.NONE, "/bin/sleep", "1000");
        for (int i = 0; i < ADDED; i++) {
            container.exec(new ExecConfig(new ExecId("e" + i), process, Stdio.NONE)).start();
        }
        awaitConnections(1 + ADDED);
        pod.pod().stop();
        for (var added : container.execs().values()) {
            assertThat(added.exit().await().code()).isEqualTo(137);
        }
        awaitConnections(0);
    }

    private void awaitConnections(long count) throws IOException {
        long end = System.nanoTime() + PATIENCE.toNanos();
        while (connections() != count) {
            assertThat(System.nanoTime() - end).as("%d connections", connections()).isNegative();
            LockSupport.parkNanos(PAUSE_NANOS);
        }
    }

    /** The sentry's ends of them, which have the name of the socket that they came to. */
    private long connections() throws IOException {
        return Files.readAllLines(SOCKETS, StandardCharsets.ISO_8859_1).stream()
                .map(it -> List.of(it.split(" +", -1)))
                .filter(it -> it.getLast().equals(control.toString()))
                .filter(it -> it.get(STATE).equals(CONNECTED))
                .count();
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
