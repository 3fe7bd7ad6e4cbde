// SPDX-License-Identifier: Apache-2.0
package io.silica.appkernel;

import static org.assertj.core.api.Assertions.assertThat;

import io.silica.appkernel.gvisor.GvisorConfig;
import io.silica.appkernel.gvisor.GvisorNetwork;
import io.silica.appkernel.gvisor.GvisorPlatform;
import io.silica.appkernel.gvisor.HostNetwork;
import io.silica.linux.leaks.LeakCheck;
import io.silica.server.cli.Finding;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@LeakCheck
final class PreflightTest {
    @TempDir Path directory;

    @Test
    void whatIsMissingIsNamedWithHowToGetIt() {
        var findings = preflight(directory.resolve("nowhere"), "", false).findings();
        assertThat(findings)
                .filteredOn(it -> !it.ok())
                .extracting(Finding::name)
                .contains("root", "runsc", "unshare", "mount")
                .doesNotContain("pod-init", "pod-terminal", "trial");
        assertThat(findings)
                .filteredOn(it -> it.name().equals("runsc"))
                .singleElement()
                .satisfies(it -> {
                    assertThat(it.found()).contains("there is none at " + directory);
                    assertThat(it.advice()).contains("bookworm-backports", "gvisor.program");
                });
    }

    @Test
    void whatIsThereNeedsNoAdvice() {
        assertThat(preflight(directory.resolve("nowhere"), "/usr/bin:/bin", true).findings())
                .filteredOn(Finding::ok)
                .allMatch(it -> it.advice().isEmpty())
                .extracting(Finding::name)
                .contains("root", "unshare", "mount");
    }

    @Test
    void aRunscThatDoesNotWorkIsTriedWhenAllElseIsThere() throws IOException {
        var program = Files.writeString(directory.resolve("runsc"), "#!/bin/sh\nexit 3\n");
        Files.setPosixFilePermissions(program, PosixFilePermissions.fromString("rwxr-xr-x"));
        var findings = preflight(program, System.getenv("PATH"), true).findings();
        assertThat(findings)
                .filteredOn(it -> !it.ok())
                .first()
                .extracting(Finding::name)
                .isIn("trial", "cgroups");
    }

    private Preflight preflight(Path program, String path, boolean root) {
        var config =
                new GvisorConfig(
                        program,
                        GvisorPlatform.SYSTRAP,
                        GvisorNetwork.SANDBOX,
                        HostNetwork.SERVE,
                        GvisorPrograms.POD_ROOT,
                        GvisorPrograms.TERMINAL,
                        directory.resolve("gvisor"),
                        directory.resolve("probed"),
                        GvisorConfig.USUAL_PATIENCE);
        return new Preflight(config, path, root);
    }
}
