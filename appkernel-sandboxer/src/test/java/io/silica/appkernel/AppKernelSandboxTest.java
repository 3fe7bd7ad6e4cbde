// SPDX-License-Identifier: Apache-2.0
package io.silica.appkernel;

import static org.assertj.core.api.Assertions.assertThat;

import io.silica.sandbox.Container;
import io.silica.sandbox.ContainerConfig;
import io.silica.sandbox.ContainerId;
import io.silica.sandbox.ExitStatus;
import io.silica.sandbox.FormerContainer;
import io.silica.sandbox.FormerProcess;
import io.silica.sandbox.ProcessSpec;
import io.silica.sandbox.ProcessState;
import io.silica.sandbox.SandboxId;
import io.silica.sandbox.Statistics;
import io.silica.sandbox.Stdio;
import io.silica.server.contract.BareSpec;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** What is told of a kernel that was found again. */
final class AppKernelSandboxTest {
    private final List<String> told = new ArrayList<>();

    @Test
    void whatRanOnOneThatRanOutOfMemoryMeanwhileIsToldSo() {
        var kernel = new FakeKernelSandbox(() -> {});
        kernel.runOutOfMemory();
        var sandbox = new AppKernelSandbox(new SandboxId("pod"), kernel, Map.of());
        var ended = new ProcessState.Stopped(new ExitStatus(137, Instant.EPOCH));

        var adopted =
                sandbox.adoptContainers(
                        List.of(
                                former("ran", new ProcessState.Running()),
                                former("ended", ended),
                                former("waited", new ProcessState.Created())));

        assertThat(adopted).isEmpty();
        assertThat(told).containsExactly("ran");
    }

    @Test
    void theFiguresAreThoseOfTheKernelWithAllThatItNeeds() {
        var kernel = new FakeKernelSandbox(() -> {});
        var counted = new Statistics(Instant.EPOCH, 7, 8, 0, 0, 9, 0);
        kernel.counted(Optional.of(counted));
        assertThat(sandbox(kernel).statistics()).isEqualTo(counted);
    }

    /** At its end the kernel counts nothing any more, and the containers are less than the pod. */
    @Test
    void whenNothingCountsThemAnyMoreTheLastOnesHold() {
        var kernel = new FakeKernelSandbox(() -> {});
        var counted = new Statistics(Instant.EPOCH, 1_000_000, 8, 0, 0, 9, 0);
        kernel.counted(Optional.of(counted));
        var sandbox = sandbox(kernel);
        create(sandbox, "c1");
        assertThat(sandbox.statistics()).isEqualTo(counted);
        kernel.counted(Optional.empty());
        assertThat(sandbox.statistics()).isEqualTo(counted);
    }

    @Test
    void whereNothingCountsThemTheyAreTheSumAndCpuTimeStaysWhenAContainerGoes() {
        var sandbox = sandbox(new FakeKernelSandbox(() -> {}));
        var first = create(sandbox, "c1");
        create(sandbox, "c2");
        var both = sandbox.statistics();
        var one = first.statistics();
        assertThat(both.cpuNanos()).isEqualTo(2 * one.cpuNanos());
        assertThat(both.memoryBytes()).isEqualTo(2 * one.memoryBytes());

        first.init().delete();
        first.init().delete();

        assertThat(sandbox.statistics().cpuNanos()).isEqualTo(both.cpuNanos());
        assertThat(sandbox.statistics().memoryBytes()).isEqualTo(one.memoryBytes());
    }

    private static AppKernelSandbox sandbox(FakeKernelSandbox kernel) {
        return new AppKernelSandbox(new SandboxId("pod"), kernel, Map.of());
    }

    private static Container create(AppKernelSandbox sandbox, String id) {
        var process = new ProcessSpec(List.of("/x"), List.of(), "/", ProcessSpec.User.ROOT, false);
        var directory = Path.of("/nowhere");
        return sandbox.createContainer(
                new ContainerConfig(
                        new ContainerId(id),
                        new SandboxId("pod"),
                        directory,
                        directory,
                        BareSpec.of(process, "{}"),
                        Stdio.NONE),
                () -> {});
    }

    private FormerContainer former(String id, ProcessState state) {
        return new FormerContainer(
                new ContainerId(id),
                new FormerProcess(1, Stdio.NONE, state),
                Map.of(),
                () -> told.add(id));
    }
}
