// SPDX-License-Identifier: Apache-2.0
package io.silica.ctl;

import static org.assertj.core.api.Assertions.assertThat;

import io.silica.ctl.cli.ExitCode;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.zip.ZipFile;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class DebugBundleTest {
    private static final String RECORD =
            """
            {"version":1,"kind":"sandbox","checksum":"00000000","record":{"id":"abc1",            "annotations":{"token":"s3cret"},"labels":{"l":"s3cret"},"state":"running"}}
            """;

    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final ByteArrayOutputStream err = new ByteArrayOutputStream();
    @TempDir private Path root;
    private Path state;
    private Path zip;

    @BeforeEach
    void writeARecord() throws IOException {
        state = root.resolve("wasm");
        zip = root.resolve("bundle.zip");
        Files.createDirectories(state.resolve("sandboxes"));
        Files.writeString(state.resolve("sandboxes/abc1.json"), StateCommandTest.envelope(RECORD));
    }

    @Test
    void valuesOfAnnotationsAndLabelsAreWithheldAndTheirNamesAreNot() throws IOException {
        assertThat(bundle()).isZero();

        assertThat(entry("wasm/sandboxes.json"))
                .contains("abc1", "running", "\"token\" : \"(withheld)\"")
                .doesNotContain("s3cret");
    }

    @Test
    void whatCannotBeHadIsSaidInItsPlace() throws IOException {
        assertThat(bundle()).isZero();

        assertThat(entry("wasm/metrics.txt")).startsWith("cannot be had: ");
        assertThat(entry("wasm/journal.json")).contains("journal/journal");
        assertThat(entry("machine/proc-version")).startsWith("Linux");
    }

    @Test
    void theFileIsTheUsersAloneAndReplacesNoOther() throws IOException {
        assertThat(bundle()).isZero();
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(zip)))
                .isEqualTo("rw-------");

        assertThat(bundle()).isEqualTo(ExitCode.FAILED);
        assertThat(err.toString(StandardCharsets.UTF_8)).contains("is there already");
    }

    private int bundle() {
        return new SandboxCtl(stream(out), stream(err))
                .execute("debug", "bundle", "--dir", state.toString(), "--file", zip.toString());
    }

    private String entry(String name) throws IOException {
        try (var file = new ZipFile(zip.toFile());
                var content = file.getInputStream(file.getEntry(name))) {
            return new String(content.readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    private static PrintStream stream(ByteArrayOutputStream bytes) {
        return new PrintStream(bytes, true, StandardCharsets.UTF_8);
    }
}
