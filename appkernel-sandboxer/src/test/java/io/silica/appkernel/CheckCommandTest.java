// SPDX-License-Identifier: Apache-2.0
package io.silica.appkernel;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.json.JsonMapper;

final class CheckCommandTest {
    @TempDir Path directory;
    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final ByteArrayOutputStream err = new ByteArrayOutputStream();
    private Path config;

    @BeforeEach
    void configureARunscThatIsNotThere() throws IOException {
        config =
                Files.writeString(
                        directory.resolve("appkernel.toml"),
                        "[gvisor]\nprogram = \"%s/runsc\"\n".formatted(directory));
    }

    @Test
    void whatIsMissingIsSaidWithTheExitCodeOfAFailure() {
        assertThat(check("--config", config.toString())).isEqualTo(1);
        assertThat(out.toString(UTF_8))
                .contains("no   runsc: there is none at " + directory.resolve("runsc"))
                .contains("     install runsc ");
    }

    @Test
    void programsGetJson() {
        assertThat(check("--json", "--config", config.toString())).isEqualTo(1);
        var document = JsonMapper.shared().readTree(out.toByteArray());
        assertThat(document.path("kind").asString()).isEqualTo("appkernel");
        assertThat(document.path("ok").asBoolean()).isFalse();
        assertThat(document.path("checks"))
                .anyMatch(it -> it.path("name").asString().equals("runsc"));
    }

    @Test
    void aCommandLineOrAConfigurationThatMakesNoSenseIsRefused() throws IOException {
        assertThat(check("--quickly")).isEqualTo(2);
        assertThat(err.toString(UTF_8)).contains("--check [--config FILE] [--json]");
        Files.writeString(config, "[gvisor]\nprogramme = 1\n");
        assertThat(check("--config", config.toString())).isEqualTo(2);
        assertThat(err.toString(UTF_8)).contains("unknown key gvisor.programme");
    }

    @Test
    void nothingIsLeftOfATrialThatGoesWell() throws IOException {
        var program = Files.writeString(directory.resolve("runsc"), "#!/bin/sh\n");
        Files.setPosixFilePermissions(program, PosixFilePermissions.fromString("rwxr-xr-x"));
        var before = scratch();
        check("--config", config.toString());
        assertThat(out.toString(UTF_8)).doesNotContain("no   runsc:");
        assertThat(scratch()).isEqualTo(before);
    }

    private static List<Path> scratch() throws IOException {
        try (var all = Files.list(Path.of(System.getProperty("java.io.tmpdir")))) {
            return all.filter(it -> it.getFileName().toString().startsWith("silica-check"))
                    .toList();
        }
    }

    private int check(String... arguments) {
        return Preflight.command(
                        new PrintStream(out, true, UTF_8), new PrintStream(err, true, UTF_8))
                .execute(arguments);
    }
}
