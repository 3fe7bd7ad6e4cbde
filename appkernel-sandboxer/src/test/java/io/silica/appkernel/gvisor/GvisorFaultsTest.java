// SPDX-License-Identifier: Apache-2.0
package io.silica.appkernel.gvisor;

import static org.assertj.core.api.Assertions.assertThat;

import io.silica.appkernel.OnGvisor;
import io.silica.appkernel.kernel.KernelContainer;
import io.silica.linux.Pidfd;
import io.silica.linux.ProcessIdentity;
import io.silica.linux.leaks.LeakCheck;
import io.silica.sandbox.ProcessState;
import io.silica.sandbox.Stdio;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is done to the processes of a pod behind the daemon's back. */
@LeakCheck
@OnGvisor
final class GvisorFaultsTest {
    private static final int SIGSTOP = 19;

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
