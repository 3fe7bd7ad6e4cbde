// SPDX-License-Identifier: Apache-2.0
package io.silica.server.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.silica.server.config.ConfigReader;
import io.silica.server.config.DaemonConfig;
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
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

final class SettingsCommandTest {
    @TempDir private Path temp;

    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final ByteArrayOutputStream err = new ByteArrayOutputStream();

    @Test
    void allThatIsWrongIsSaidAtOnceWithItsPlace() throws IOException {
        write("kiln.toml", "[kiln]\nshelves = 70\ncolour = 1\n");
        write("kiln.toml.d/50-local.toml", "[kiln]\nclays = 2\n");

        assertThat(execute("check")).isEqualTo(1);

        assertThat(said())
                .hasSize(3)
                .anyMatch(line -> line.startsWith(file() + ":2:1: kiln.shelves is the integer 70"))
                .anyMatch(line -> line.startsWith(file() + ":3:1: unknown key kiln.colour"))
                .anyMatch(line -> line.startsWith(file() + ".d/50-local.toml:2:1: kiln.clays"));
        assertThat(err.toString(UTF_8)).isEmpty();
    }

    @Test
    void whereNothingIsWrongThatIsSaid() throws IOException {
        write("kiln.toml", "[kiln]\nshelves = 7\n");

        assertThat(execute("check")).isZero();
        assertThat(said()).containsExactly("nothing is wrong with " + file() + " and its drop-ins");
    }

    @Test
    void programsGetWhatIsWrongAsJson() throws IOException {
        write("kiln.toml", "[kiln]\nshelves = 70\n");

        assertThat(execute("check", "--json")).isEqualTo(1);

        var document = document();
        assertThat(document.path("ok").asBoolean()).isFalse();
        var problem = document.path("problems").path(0);
        assertThat(problem.path("file").asString()).isEqualTo(file().toString());
        assertThat(problem.path("line").asInt()).isEqualTo(2);
        assertThat(problem.path("what").asString()).isEqualTo("kiln.shelves is the integer 70");
        assertThat(problem.path("hint").asString()).isEqualTo("expected an integer from 1 to 9");
    }

    @Test
    void theDefaultsAreCommentedOutBesideWhatMayStandThere() throws IOException {
        write("kiln.toml", "[kiln]\nshelves = 7\n");

        assertThat(execute("default")).isZero();

        assertThat(said())
                .containsSubsequence(
                        "[server]",
                        "# log-format = \"text\"  # one of \"text\", \"json\"",
                        "[kiln]",
                        "# shelves = 3  # an integer from 1 to 9",
                        "# clays = [\"red\"]  # an array of strings");
    }

    @Test
    void whatHoldsIsSaidWithTheLayerThatItComesFrom() throws IOException {
        write("kiln.toml", "[kiln]\nshelves = 7\n");
        write("kiln.toml.d/50-local.toml", "[kiln]\nclays = [\"white\", \"blue\"]\n");

        assertThat(execute("dump")).isZero();

        assertThat(said())
                .contains(
                        "log-format = \"text\"  # default",
                        "shelves = 7  # " + file() + ":2:1",
                        "clays = [\"white\", \"blue\"]  # " + file() + ".d/50-local.toml:2:1");
    }

    @Test
    void programsGetWhatHoldsAsJsonOfItsTypes() throws IOException {
        write("kiln.toml", "[kiln]\nclays = [\"white\", \"\\u0007\"]\n");

        assertThat(execute("dump", "--json")).isZero();

        var settings = document().path("settings");
        assertThat(setting(settings, "shelves").path("value").asInt()).isEqualTo(3);
        assertThat(setting(settings, "shelves").path("origin").asString()).isEqualTo("default");
        var clays = setting(settings, "clays");
        assertThat(clays.path("value").path(1).asString()).isEqualTo("\u0007");
        assertThat(clays.path("file").asString()).isEqualTo(file().toString());
        assertThat(clays.path("line").asInt()).isEqualTo(2);
    }

    @Test
    void whatCannotBeUsedIsNotDumped() throws IOException {
        write("kiln.toml", "[kiln]\nshelves = 70\n");

        assertThat(execute("dump")).isEqualTo(1);
        assertThat(out.size()).isZero();
        assertThat(err.toString(UTF_8)).startsWith("kiln-sandboxer: " + file() + ":2:1: ");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "show", "check --quickly", "dump --config", "check x y"})
    void aCommandLineThatMakesNoSenseIsRefused(String line) {
        assertThat(command(line.isEmpty() ? List.of() : List.of(line.split(" ", -1)))).isEqualTo(2);
        assertThat(err.toString(UTF_8)).contains("--settings check, default or dump");
    }

    private static JsonNode setting(JsonNode settings, String key) {
        return settings.valueStream()
                .filter(it -> it.path("key").asString().equals(key))
                .findFirst()
                .orElseThrow();
    }

    private JsonNode document() {
        return JsonMapper.shared().readTree(out.toByteArray());
    }

    private List<String> said() {
        return out.toString(UTF_8).lines().toList();
    }

    private Path file() {
        return temp.resolve("kiln.toml");
    }

    private void write(String name, String text) throws IOException {
        var file = temp.resolve(name);
        if (name.contains("/")) {
            Files.createDirectory(temp.resolve("kiln.toml.d"));
        }
        Files.writeString(file, text);
    }

    private int execute(String verb, String... more) {
        var arguments = new ArrayList<>(List.of(verb, "--config", file().toString()));
        arguments.addAll(List.of(more));
        return command(arguments);
    }

    /** As the daemon's command hands it over. */
    private int command(List<String> arguments) {
        return new SettingsCommand(
                        "kiln",
                        SettingsCommandTest::read,
                        new PrintStream(out, true, UTF_8),
                        new PrintStream(err, true, UTF_8))
                .execute(arguments.toArray(String[]::new));
    }

    private static List<String> read(ConfigReader reader) {
        DaemonConfig.read(reader, "kiln");
        var kiln = reader.section("kiln");
        kiln.integer("shelves", 3, 1, 9);
        return kiln.strings("clays", List.of("red"));
    }
}
