// SPDX-License-Identifier: Apache-2.0
package io.silica.ctl;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the start script does before there is a JVM. */
final class StartScriptTest {
    private static final Path SCRIPT = Path.of("..", "packaging", "bin", "sandboxctl");

    @TempDir private Path home;

    @BeforeEach
    void installTheScriptBesideASupervisorThatOnlyTalks() throws IOException {
        Files.createDirectory(home.resolve("bin"));
        Files.copy(SCRIPT, home.resolve("bin/sandboxctl"));
        var supervisor = home.resolve("bin/silica-supervise");
        Files.writeString(supervisor, "#!/bin/sh\necho \"$@\"; echo \"${PATH##*:}\"\n");
        Files.setPosixFilePermissions(supervisor, PosixFilePermissions.fromString("rwxr-xr-x"));
    }

    @Test
    void superviseBecomesTheSupervisorOfTheUsualStateDirectory() throws Exception {
        assertThat(run("supervise", "--", "wasm-sandboxer", "--log-level", "debug"))
                .containsExactly(
                        "run --standby --dir /run/silica/wasm -- wasm-sandboxer --log-level debug",
                        home.resolve("bin").toString());
        assertThat(run("supervise", "--", "/opt/silica/current/bin/wasm-sandboxer"))
                .first()
                .isEqualTo(
                        "run --standby --dir /run/silica/wasm -- /opt/silica/current/bin/wasm-sandboxer");
    }

    @Test
    void whoSaysWhichSocketsGetsThose() throws Exception {
        assertThat(run("supervise", "--dir", "/x", "--", "wasm-sandboxer", "--dir", "/x"))
                .first()
                .isEqualTo("run --dir /x -- wasm-sandboxer --dir /x");
    }

    @Test
    void checkBecomesTheDaemonOfTheKind() throws Exception {
        installADaemonThatOnlyTalks();
        assertThat(run("check", "--kind", "some", "--json")).containsExactly("--check --json");
    }

    @Test
    void configBecomesTheDaemonOfTheKind() throws Exception {
        installADaemonThatOnlyTalks();
        assertThat(run("config", "dump", "--kind", "some", "--config", "/f"))
                .containsExactly("--settings dump --config /f");
    }

    private void installADaemonThatOnlyTalks() throws IOException {
        var daemon = home.resolve("bin/some-sandboxer");
        Files.writeString(daemon, "#!/bin/sh\necho \"$@\"\n");
        Files.setPosixFilePermissions(daemon, PosixFilePermissions.fromString("rwxr-xr-x"));
    }

    private List<String> run(String... arguments) throws IOException, InterruptedException {
        var command = new ArrayList<String>();
        command.addAll(List.of("sh", home.resolve("bin/sandboxctl").toString()));
        command.addAll(List.of(arguments));
        var process = new ProcessBuilder(command).redirectErrorStream(true).start();
        try (var output = process.getInputStream()) {
            var lines = new String(output.readAllBytes(), UTF_8).lines().toList();
            assertThat(process.waitFor()).isZero();
            return lines;
        }
    }
}
