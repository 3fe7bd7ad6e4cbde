// SPDX-License-Identifier: Apache-2.0
package io.silica.appkernel.gvisor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.silica.appkernel.OnGvisor;
import io.silica.appkernel.kernel.KernelContainer;
import io.silica.linux.Poller;
import io.silica.linux.leaks.LeakCheck;
import io.silica.sandbox.SandboxException;
import io.silica.sandbox.Stdio;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Containers of a real sentry, without a daemon. */
@LeakCheck
@OnGvisor
final class GvisorContainerTest {
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
    void inputReachesTheGuestAndEndsWhenItIsClosed() throws Exception {
        var in = pod.fifo("in");
        var out = pod.fifo("out");
        var container =
                create(
                        new Stdio(in.toString(), out.toString(), "", false),
                        "/bin/sh",
                        "-c",
                        "read a; echo \"$a!\"; read b || echo end");
        container.init().start();
        try (var reader = Files.newInputStream(out)) {
            Files.writeString(in, "hello\n");
            assertThat(PodOfOne.readTo(reader, "\n")).isEqualTo("hello!\n");
            container.init().closeStdin();
            container.init().closeStdin();
            assertThat(PodOfOne.rest(reader)).isEqualTo("end\n");
        }
        assertThat(container.init().exit().await().code()).isZero();
        container.init().delete();
    }

    @Test
    void aProgramThatIsNotThereIsToldAndTheContainerCanBeDeletedAndMadeAgain() throws Exception {
        var container = create(Stdio.NONE, "/bin/nowhere");
        assertThatThrownBy(() -> container.init().start())
                .isInstanceOf(SandboxException.Failed.class)
                .hasMessageContaining("/bin/nowhere");
        container.init().delete();
        var again = create(Stdio.NONE, "/bin/sh", "-c", "exit 3");
        again.init().start();
        assertThat(again.init().exit().await().code()).isEqualTo(3);
        again.init().delete();
    }

    @Test
    void nothingIsLeftOfADeletedContainer() throws Exception {
        var container = create(Stdio.NONE, "/bin/sh", "-c", "exit 0");
        container.init().start();
        container.init().exit().await();
        container.init().delete();
        container.init().delete();
        var places = pod.places();
        assertThat(places.containers()).isEmpty();
        assertThat(places.state("c1")).doesNotExist();
        // The sentry and what serves the root container its files.
        assertThat(pids(places)).hasSize(2);
    }

    /** That of a command is read when the command has ended, and then there is none. */
    @Test
    void noLogOfRunscIsLeftThatCouldGrow() throws Exception {
        var container = create(Stdio.NONE, "/bin/nowhere");
        assertThatThrownBy(() -> container.init().start()).hasMessageContaining("/bin/nowhere");
        try (var files = Files.list(pod.places().root())) {
            assertThat(files).noneMatch(it -> it.toString().endsWith(".log"));
        }
        container.init().delete();
    }

    private static Set<Integer> pids(PodPlaces places) {
        var poller = Poller.start("silica-test-pids");
        try {
            return new PodProcesses(places.directory(), poller).pids();
        } finally {
            poller.close();
        }
    }

    private KernelContainer create(Stdio stdio, String... args) {
        return pod.create("c1", stdio, args);
    }
}
