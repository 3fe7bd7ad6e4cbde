// SPDX-License-Identifier: Apache-2.0
package io.silica.appkernel.gvisor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.silica.linux.leaks.LeakCheck;
import io.silica.sandbox.SandboxException;
import io.silica.sandbox.SandboxNetwork;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@LeakCheck
final class HostNetworkTest {
    @TempDir Path directory;

    @Test
    void aPodThatAsksForItIsRefusedWhereThatIsConfiguredAndTheSettingIsNamed() {
        var config =
                new GvisorConfig(
                        Path.of("/nowhere/runsc"),
                        GvisorPlatform.SYSTRAP,
                        GvisorNetwork.SANDBOX,
                        HostNetwork.REFUSE,
                        directory,
                        directory,
                        directory.resolve("pods"),
                        directory.resolve("verdicts"),
                        GvisorConfig.USUAL_PATIENCE);
        var spec = PodOfOne.spec(PodOfOne.POD, new SandboxNetwork.Host(), Optional.empty());
        try (var kernel =
                new GvisorKernel(
                        config,
                        _ -> {
                            throw new AssertionError("no pod is made");
                        })) {
            assertThatThrownBy(() -> kernel.prepare(spec))
                    .isInstanceOf(SandboxException.Unsupported.class)
                    .hasMessageContaining("sandbox \"pod\"")
                    .hasMessageContaining("gvisor.host-network");
        }
        assertThat(directory).isEmptyDirectory();
    }
}
