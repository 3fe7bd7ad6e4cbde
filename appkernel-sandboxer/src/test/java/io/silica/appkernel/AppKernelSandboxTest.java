// SPDX-License-Identifier: Apache-2.0
package io.silica.appkernel;

import static org.assertj.core.api.Assertions.assertThat;

import io.silica.sandbox.ContainerId;
import io.silica.sandbox.ExitStatus;
import io.silica.sandbox.FormerContainer;
import io.silica.sandbox.FormerProcess;
import io.silica.sandbox.ProcessState;
import io.silica.sandbox.SandboxId;
import io.silica.sandbox.Stdio;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
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

    private FormerContainer former(String id, ProcessState state) {
        return new FormerContainer(
                new ContainerId(id),
                new FormerProcess(1, Stdio.NONE, state),
                Map.of(),
                () -> told.add(id));
    }
}
