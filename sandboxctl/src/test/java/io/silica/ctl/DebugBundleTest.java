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
import java.util.Optional;
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

    @Test
    void theConfigurationTheLogAndTheVersionsAreThereWithoutSecrets() throws Exception {
        program("bin/runsc", "echo runsc version 1");
        program(
                "home/bin/wasm-sandboxer",
                """
                case "$*" in
                *--json) echo '{"settings":[{"section":"gvisor","key":"program","value":"%s"}]}' ;;
                *) echo "asked: $*"; echo 'a-token = "s3cret"' ;;
                esac\
                """
                        .formatted(root.resolve("bin/runsc")));
        Path log = Files.writeString(root.resolve("log"), "a line\npassword=s3cret\n");
        var daemon = daemon(ProcessBuilder.Redirect.appendTo(log.toFile()));
        try {
            bundleOf(bundle -> bundle.addDaemon(state));
        } finally {
            daemon.destroyForcibly();
        }

        assertThat(entry("wasm/configuration.toml"))
                .isEqualTo(
                        "asked: --settings dump --config /etc/own.toml\na-token = \"(withheld)\"\n");
        assertThat(entry("wasm/log.txt")).isEqualTo("a line\npassword=(withheld)\n");
        assertThat(entry("wasm/command-line.txt")).endsWith(" --config /etc/own.toml\n");
        assertThat(entry("wasm/versions" + root.resolve("bin/runsc") + ".txt"))
                .endsWith("/bin/runsc\nrunsc version 1\n");
    }

    @Test
    void aLogThatIsNoFileIsThatOfJournald() throws Exception {
        program("bin/journalctl", "echo \"$@\"");
        program("bin/containerd", "echo containerd 2.4.2");
        var daemon = daemon(ProcessBuilder.Redirect.DISCARD);
        try {
            bundleOf(bundle -> {
                bundle.addMachine();
                bundle.addDaemon(state);
            });
        } finally {
            daemon.destroyForcibly();
        }

        assertThat(entry("wasm/log.txt"))
                .contains("--unit=wasm-sandboxer --unit=silica-holder@wasm");
        assertThat(entry("containerd/log.txt")).contains("--unit=containerd");
        assertThat(entry("containerd/version.txt")).endsWith("containerd 2.4.2\n");
        assertThat(entry("wasm/configuration.toml"))
                .contains("there is no wasm-sandboxer beside sandboxctl");
    }

    @Test
    void ofALogThatIsNamedTheEndIsThereFromTheBeginningOfALine() throws IOException {
        Path log =
                Files.writeString(
                        root.resolve("long"), "first\n" + "x".repeat(4 << 20) + "\nlast\n");

        bundleOf(bundle -> bundle.addLog(log));

        assertThat(entry("logs" + log)).isEqualTo("last\n");
    }

    private interface Adding {
        void to(DebugBundle bundle) throws IOException;
    }

    private void bundleOf(Adding adding) throws IOException {
        var programs =
                new Programs(Optional.of(root.resolve("home")), root.resolve("bin").toString());
        try (var bundle = DebugBundle.create(zip, programs)) {
            adding.to(bundle);
        }
    }

    @Test
    void aProcessThatHasTheNumberOfADaemonIsNotTakenForIt() throws Exception {
        program("bin/journalctl", "echo of journald");
        Path log = Files.writeString(root.resolve("log"), "somebody else's\n");
        var other =
                new ProcessBuilder("sleep", "100")
                        .redirectError(ProcessBuilder.Redirect.appendTo(log.toFile()))
                        .start();
        try {
            Files.writeString(state.resolve("lock"), other.pid() + "\n");
            bundleOf(bundle -> bundle.addDaemon(state));
        } finally {
            other.destroyForcibly();
        }

        assertThat(entry("wasm/log.txt")).isEqualTo("of journald\n");
        assertThat(entry("wasm/command-line.txt")).startsWith("cannot be had: ");
    }

    /** A process that has the state directory, and a command line as long as a JVM's. */
    private Process daemon(ProcessBuilder.Redirect log) throws IOException {
        var process =
                new ProcessBuilder(
                                "sh",
                                "-c",
                                "read -r _",
                                "sh",
                                "-Dsilica.home=" + root,
                                "x".repeat(5000),
                                "--config",
                                "/etc/own.toml")
                        .redirectError(log)
                        .start();
        Files.writeString(state.resolve("lock"), process.pid() + "\n");
        return process;
    }

    private void program(String name, String script) throws IOException {
        Path file = root.resolve(name);
        Files.createDirectories(file.getParent());
        Files.writeString(file, "#!/bin/sh\n" + script + "\n");
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
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
