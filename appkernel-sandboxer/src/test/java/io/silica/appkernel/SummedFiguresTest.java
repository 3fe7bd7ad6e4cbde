// SPDX-License-Identifier: Apache-2.0
package io.silica.appkernel;

import static org.assertj.core.api.Assertions.assertThat;

import io.silica.sandbox.ContainerConfig;
import io.silica.sandbox.ContainerId;
import io.silica.sandbox.ProcessSpec;
import io.silica.sandbox.SandboxId;
import io.silica.sandbox.Stdio;
import io.silica.server.contract.BareSpec;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

final class SummedFiguresTest {
    private final SummedFigures figures = new SummedFigures();

    @Test
    void aContainerThatGoesWhileItIsCountedIsCountedOnce() {
        var container = container();
        long used = container.statistics().cpuNanos();
        figures.add(container);
        container.whenAsked(() -> figures.remove(container));
        assertThat(figures.at(Instant.EPOCH).cpuNanos()).isEqualTo(used);
        assertThat(figures.at(Instant.EPOCH).cpuNanos()).isEqualTo(used);
    }

    private static FakeKernelContainer container() {
        var process = new ProcessSpec(List.of("/x"), List.of(), "/", ProcessSpec.User.ROOT, false);
        var nowhere = Path.of("/nowhere");
        return new FakeKernelContainer(
                new ContainerConfig(
                        new ContainerId("c1"),
                        new SandboxId("pod"),
                        nowhere,
                        nowhere,
                        BareSpec.of(process, "{}"),
                        Stdio.NONE),
                () -> {});
    }
}
