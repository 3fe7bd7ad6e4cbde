// SPDX-License-Identifier: Apache-2.0
package io.silica.server.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.silica.sandbox.SandboxException;
import io.silica.server.config.ConfigReader;
import io.silica.server.config.DaemonConfig;
import io.silica.server.logging.LogFormat;
import io.silica.server.logging.LogLevel;
import io.silica.server.notify.ServiceManager;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class DaemonCommandTest {
    @TempDir private Path temp;

    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final ByteArrayOutputStream err = new ByteArrayOutputStream();
    private final List<DaemonConfig> ran = new ArrayList<>();
    private final List<Integer> shelves = new ArrayList<>();

    private DaemonCommand<Integer> command(Runnable daemon) {
        return new DaemonCommand<>(
                "kiln", new PrintStream(out, true, UTF_8), new PrintStream(err, true, UTF_8)) {
            @Override
            protected Integer sections(ConfigReader reader) {
                return reader.section("kiln").integer("shelves", 3, 1, 9);
            }

            @Override
            protected void run(DaemonConfig config, Integer own, ServiceManager manager) {
                ran.add(config);
                shelves.add(own);
                daemon.run();
            }
        };
    }

    @Test
    void flagsOverrideTheFileAndTheFileTheDefaults() throws IOException {
        var file =
                Files.writeString(
                        temp.resolve("kiln.toml"),
                        "[server]\nlisten = \"/f.sock\"\ndir = \"/f\"\n[kiln]\nshelves = 7\n");

        assertThat(
                        execute(
                                "--config",
                                file.toString(),
                                "--listen=/x.sock",
                                "--log-level",
                                "error",
                                "--log-format",
                                "json"))
                .isEqualTo(DaemonCommand.OK);

        var server = ran.getFirst().server();
        assertThat(server.listen()).isEqualTo(Path.of("/x.sock"));
        assertThat(server.dir()).isEqualTo(Path.of("/f"));
        assertThat(server.logLevel()).isEqualTo(LogLevel.ERROR);
        assertThat(server.logFormat()).isEqualTo(LogFormat.JSON);
        assertThat(shelves).containsExactly(7);
    }

    @Test
    void theDirectoryIsAFlag() {
        assertThat(execute("--dir", "/d", "--log-level", "error")).isEqualTo(DaemonCommand.OK);
        assertThat(ran.getFirst().server().dir()).isEqualTo(Path.of("/d"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"--version", "--version --dir /d"})
    void theVersionNamesTheReleaseTheCommitAndTheJvm(String arguments) {
        assertThat(execute(arguments.split(" "))).isEqualTo(DaemonCommand.OK);

        assertThat(out.toString(UTF_8))
                .matches("kiln-sandboxer \\d+\\.\\d+\\.\\d+\\S* \\(commit \\w+, Java 25.*\\)\n");
        assertThat(ran).isEmpty();
    }

    @Test
    void helpNamesEveryFlag() {
        assertThat(execute("--help")).isEqualTo(DaemonCommand.OK);

        assertThat(out.toString(UTF_8))
                .contains(
                        "--listen",
                        "--dir",
                        "--config",
                        "--log-level",
                        "--log-format",
                        "--version",
                        "--help")
                .contains("/etc/silica/kiln.toml");
    }

    @ParameterizedTest
    @ValueSource(strings = {"--nonsense", "argument", "--listen"})
    void aWrongCommandLineIsOneSentence(String argument) {
        assertThat(execute(argument)).isEqualTo(DaemonCommand.USAGE);

        assertThat(err.toString(UTF_8).lines())
                .singleElement()
                .asString()
                .startsWith("kiln-sandboxer: ")
                .endsWith(": see kiln-sandboxer --help");
        assertThat(ran).isEmpty();
    }

    @Test
    void allProblemsOfTheConfigurationAreNamed() throws IOException {
        var file =
                Files.writeString(temp.resolve("kiln.toml"), "[kiln]\nshelves = 70\ncolour = 1\n");

        assertThat(execute("--config", file.toString(), "--listen", "relative"))
                .isEqualTo(DaemonCommand.USAGE);

        assertThat(err.toString(UTF_8).lines())
                .hasSize(3)
                .anyMatch(line ->
                        line.startsWith(
                                "kiln-sandboxer: --listen: server.listen is the string \"relative\""))
                .anyMatch(line ->
                        line.startsWith(
                                "kiln-sandboxer: " + file + ":2:1: kiln.shelves is the integer 70"))
                .anyMatch(line ->
                        line.startsWith(
                                "kiln-sandboxer: " + file + ":3:1: unknown key kiln.colour"));
        assertThat(ran).isEmpty();
    }

    @Test
    void settingsAreShownWithoutADaemon() {
        assertThat(execute("--settings", "default")).isEqualTo(DaemonCommand.OK);

        assertThat(out.toString(UTF_8))
                .contains("# dir = \"/run/silica/kiln\"", "[kiln]\n# shelves = 3  # an integer");
        assertThat(ran).isEmpty();
    }

    @Test
    void aMissingFileIsNamed() {
        assertThat(execute("--config", temp.resolve("none.toml").toString()))
                .isEqualTo(DaemonCommand.USAGE);
        assertThat(err.toString(UTF_8))
                .contains("none.toml: cannot be read: there is no such file");
    }

    @Test
    void aDaemonThatFailsIsAFailure() {
        assertThat(command(() -> fail(new SandboxException.Unavailable("taken"))).execute())
                .isEqualTo(DaemonCommand.FAILURE);
        assertThat(command(() -> fail(new IllegalStateException("defect"))).execute())
                .isEqualTo(DaemonCommand.FAILURE);
    }

    private static void fail(RuntimeException e) {
        throw e;
    }

    private int execute(String... arguments) {
        return command(() -> {}).execute(arguments);
    }
}
