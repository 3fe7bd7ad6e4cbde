// SPDX-License-Identifier: Apache-2.0
package io.silica.appkernel.gvisor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.silica.linux.leaks.LeakCheck;
import io.silica.sandbox.SandboxException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is found out about programs that are no runsc that works. */
@LeakCheck
final class ProbeTest {
    @TempDir Path directory;

    @Test
    void aProgramThatIsMissingIsNamed() {
        assertThatThrownBy(() -> probe(directory.resolve("nowhere")))
                .isInstanceOf(SandboxException.Unavailable.class)
                .hasMessageContaining("there is no usable runsc at " + directory);
    }

    @Test
    void aProgramThatPanicsIsRefusedWithWhatItSaysAndTriedOnlyOnce() throws IOException {
        var program =
                program(
                        """
                        echo >>"${0%/*}/tries"
                        for argument; do
                            case $argument in --log=*) log=${argument#--log=} ;; esac
                        done
                        echo '{"level": "error", "msg": "running on goroutine 7"}' >"$log"
                        exit 2
                        """);
        assertThatThrownBy(() -> probe(program))
                .isInstanceOf(SandboxException.Unavailable.class)
                .hasMessageContaining("systrap")
                .hasMessageContaining("running on goroutine 7");
        assertThat(directory.resolve("tries")).hasContent("\n");
    }

    private Path program(String script) throws IOException {
        var program = Files.writeString(directory.resolve("runsc"), "#!/bin/sh\n" + script);
        return Files.setPosixFilePermissions(program, PosixFilePermissions.fromString("rwxr-xr-x"));
    }

    private void probe(Path program) {
        var config =
                new GvisorConfig(
                        program,
                        GvisorPlatform.SYSTRAP,
                        directory,
                        directory,
                        directory.resolve("pods"),
                        directory.resolve("verdicts"));
        try (var kernel =
                new GvisorKernel(
                        config,
                        _ -> {
                            throw new AssertionError("no pod is made");
                        })) {
            try {
                kernel.probe();
            } catch (SandboxException _) {
                kernel.probe();
            }
        }
    }
}
