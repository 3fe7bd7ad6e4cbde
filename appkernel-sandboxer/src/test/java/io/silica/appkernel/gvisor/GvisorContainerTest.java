// SPDX-License-Identifier: Apache-2.0
package io.silica.appkernel.gvisor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.silica.appkernel.GvisorKind;
import io.silica.appkernel.OnGvisor;
import io.silica.appkernel.kernel.KernelContainer;
import io.silica.appkernel.kernel.KernelSandbox;
import io.silica.linux.leaks.LeakCheck;
import io.silica.sandbox.ContainerConfig;
import io.silica.sandbox.ContainerId;
import io.silica.sandbox.DnsConfig;
import io.silica.sandbox.PodIdentity;
import io.silica.sandbox.PodResources;
import io.silica.sandbox.ProcessSpec;
import io.silica.sandbox.SandboxException;
import io.silica.sandbox.SandboxId;
import io.silica.sandbox.SandboxNetwork;
import io.silica.sandbox.SandboxSpec;
import io.silica.sandbox.Stdio;
import io.silica.server.contract.BareSpec;
import io.silica.server.contract.Bundle;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Containers of a real sentry, without a daemon. */
@LeakCheck
@OnGvisor
final class GvisorContainerTest {
    private static final SandboxId POD = new SandboxId("pod");
    private static final ContainerId ID = new ContainerId("c1");

    @TempDir Path directory;
    private GvisorKernel kernel;
    private KernelSandbox pod;

    @BeforeEach
    void startPod() throws IOException {
        kernel = GvisorKind.kernel(directory.resolve("pods"));
        new GvisorKind().fill(Files.createDirectory(directory.resolve("image")));
        pod =
                kernel.prepare(
                        new SandboxSpec(
                                POD,
                                new PodIdentity("pod", "tests", "1", 0),
                                "",
                                new SandboxNetwork.Host(),
                                new DnsConfig(List.of(), List.of(), List.of()),
                                Optional.empty(),
                                PodResources.UNLIMITED,
                                Map.of(),
                                Map.of(),
                                "appkernel"));
        pod.start();
    }

    @AfterEach
    void closePod() {
        pod.close();
        kernel.close();
    }

    @Test
    void inputReachesTheGuestAndEndsWhenItIsClosed() throws Exception {
        var in = fifo("in");
        var out = fifo("out");
        var container =
                create(
                        new Stdio(in.toString(), out.toString(), "", false),
                        "/bin/sh",
                        "-c",
                        "read a; echo \"$a!\"; read b || echo end");
        container.init().start();
        try (var reader = Files.newInputStream(out)) {
            Files.writeString(in, "hello\n");
            assertThat(text(reader.readNBytes(7))).isEqualTo("hello!\n");
            container.init().closeStdin();
            container.init().closeStdin();
            assertThat(text(reader.readAllBytes())).isEqualTo("end\n");
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
        var places = PodPlaces.of(directory.resolve("pods"), POD);
        assertThat(places.containers()).isEmpty();
        assertThat(places.state(ID.value())).doesNotExist();
        // The sentry and what serves the root container its files.
        assertThat(new PodProcesses(places.directory()).pids()).hasSize(2);
    }

    private KernelContainer create(Stdio stdio, String... args) {
        var arguments = List.of(args);
        var process =
                new ProcessSpec(arguments, List.of("PATH=/bin"), "/", ProcessSpec.User.ROOT, false);
        var spec = BareSpec.of(process, Bundle.spec("pod", arguments).toString());
        return pod.create(
                new ContainerConfig(ID, POD, directory, directory.resolve("image"), spec, stdio));
    }

    private static String text(byte[] bytes) {
        return new String(bytes, StandardCharsets.UTF_8);
    }

    private Path fifo(String name) throws IOException, InterruptedException {
        Path fifo = directory.resolve(name);
        assertThat(new ProcessBuilder("mkfifo", fifo.toString()).start().waitFor()).isZero();
        return fifo;
    }
}
