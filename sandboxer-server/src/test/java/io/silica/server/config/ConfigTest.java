// SPDX-License-Identifier: Apache-2.0
package io.silica.server.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.assertj.core.api.Assertions.tuple;

import io.silica.server.logging.LogLevel;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class ConfigTest {
    private static final Duration DAY = Duration.ofHours(24);

    @TempDir private Path temp;

    /** The sections of a kind that was never heard of. */
    private record Kiln(
            int shelves,
            Duration firing,
            ByteSize load,
            boolean open,
            Path flue,
            LogLevel glow,
            List<String> clays,
            String glaze) {
        private static Kiln read(ConfigReader reader) {
            var kiln = reader.section("kiln");
            return new Kiln(
                    kiln.integer("shelves", 3, 1, 9),
                    kiln.duration("firing", Duration.ofHours(9), Duration.ZERO, DAY),
                    kiln.size(
                            "load", ByteSize.mebibytes(2), new ByteSize(0), ByteSize.mebibytes(64)),
                    kiln.bool("open", false),
                    kiln.path("flue", Path.of("/flue")),
                    kiln.oneOf("glow", LogLevel.WARN),
                    kiln.strings("clays", List.of("red")),
                    reader.section("glazes").string("first", "salt"));
        }
    }

    @Test
    void aKindReadsSectionsOfItsOwn() throws IOException {
        write(
                "kiln.toml",
                """
                [kiln]
                shelves = 4
                firing = "2h"
                load = "3MiB"
                open = true
                flue = "/chimney"
                glow = "debug"
                clays = ["white", "blue"]
                [glazes]
                first = "ash"
                """);

        assertThat(load().value())
                .isEqualTo(
                        new Kiln(
                                4,
                                Duration.ofHours(2),
                                ByteSize.mebibytes(3),
                                true,
                                Path.of("/chimney"),
                                LogLevel.DEBUG,
                                List.of("white", "blue"),
                                "ash"));
    }

    @Test
    void aLaterLayerWins() throws IOException {
        write("kiln.toml", "[kiln]\nshelves = 1\nfiring = \"1s\"\nopen = true\n");
        write("kiln.toml.d/50-more.toml", "[kiln]\nshelves = 2\n");
        write(
                "kiln.toml.d/10-less.toml",
                "[kiln]\nshelves = 9\nfiring = \"2s\"\nflue = \"/ten\"\n");
        var flag = new Config.FlagValue("kiln", "flue", "--flue", "/flag");

        var config = Config.load(files(), List.of(flag), Kiln::read);

        assertThat(config.value().shelves()).isEqualTo(2);
        assertThat(config.value().firing()).isEqualTo(Duration.ofSeconds(2));
        assertThat(config.value().open()).isTrue();
        assertThat(config.value().flue()).isEqualTo(Path.of("/flag"));
        assertThat(config.entries())
                .extracting(ConfigEntry::key, ConfigEntry::value, ConfigEntry::origin)
                .contains(
                        tuple("shelves", "2", at("kiln.toml.d/50-more.toml", 2)),
                        tuple("firing", "\"2s\"", at("kiln.toml.d/10-less.toml", 3)),
                        tuple("open", "true", at("kiln.toml", 4)),
                        tuple("flue", "\"/flag\"", new Origin.Flag("--flue")),
                        tuple("glow", "\"warn\"", new Origin.Default()));
    }

    @Test
    void dropInsHoldWithoutAMainFile() throws IOException {
        write("kiln.toml.d/50-a.toml", "[kiln]\nshelves = 5\n");

        assertThat(load().value().shelves()).isEqualTo(5);
    }

    @Test
    void allProblemsAreNamedAtOnceEachWithItsPlaceAndWhatWouldBeRight() throws IOException {
        write(
                "kiln.toml",
                """
                colour = "red"
                flue = "/x"
                [kiln]
                shelfs = 4
                firing = 5
                load = "70MiB"
                open = "yes"
                  glow = "hot"
                clays = ["red", 1]
                first = "ash"
                [kitchen]
                shelves = 1
                [[glazes]]
                first = "ash"
                """);
        write("kiln.toml.d/50-a.toml", "[kiln]\nshelves = 0\nflue = \"relative\"\n");
        write("kiln.toml.d/99-z.toml", "[glazes]\nfirst = \"\"\n[kiln]\nshelves = 2");
        write("kiln.toml.d/readme.toml", "");

        assertThat(problems())
                .containsExactlyInAnyOrder(
                        "kiln.toml:1:1: unknown key colour: expected one of kiln, glazes",
                        "kiln.toml:2:1: unknown key flue: it belongs in [kiln]",
                        "kiln.toml:4:1: unknown key kiln.shelfs: did you mean shelves?",
                        "kiln.toml:5:1: kiln.firing is the integer 5: expected a duration from \"0s\" to \"24h\"",
                        "kiln.toml:6:1: kiln.load is the string \"70MiB\": expected a size from \"0B\" to \"64MiB\"",
                        "kiln.toml:7:1: kiln.open is the string \"yes\": expected true or false",
                        "kiln.toml:8:3: kiln.glow is the string \"hot\": expected one of \"error\", \"warn\", \"info\", \"debug\", \"trace\"",
                        "kiln.toml:9:1: kiln.clays is an array: expected an array of strings",
                        "kiln.toml:10:1: unknown key kiln.first: it belongs in [glazes]",
                        "kiln.toml:11:1: unknown section [kitchen]: expected one of kiln, glazes",
                        "kiln.toml:13:1: unknown key glazes: expected the section [glazes]",
                        "kiln.toml.d/50-a.toml:2:1: kiln.shelves is the integer 0: expected an integer from 1 to 9",
                        "kiln.toml.d/50-a.toml:3:1: kiln.flue is the string \"relative\": expected an absolute path",
                        "kiln.toml.d/99-z.toml:2:1: glazes.first is the string \"\": expected a string that is not empty",
                        "kiln.toml.d/readme.toml: is no drop-in: expected a name like 50-name.toml");
    }

    @Test
    void aFlagWithABadValueIsNamed() {
        var flag = new Config.FlagValue("kiln", "glow", "--glow", "dim\u001b[31m");

        var e =
                catchThrowableOfType(
                        ConfigException.class,
                        () -> Config.load(files(), List.of(flag), Kiln::read));

        assertThat(e)
                .hasMessageStartingWith(
                        "--glow: kiln.glow is the string \"dim\\u001b[31m\": expected one of");
    }

    @Test
    void anExplicitFileMustExist() {
        var files = ConfigFiles.explicit(temp.resolve("kiln.toml"));

        var e =
                catchThrowableOfType(
                        ConfigException.class, () -> Config.load(files, List.of(), Kiln::read));

        assertThat(e)
                .hasMessage(temp.resolve("kiln.toml") + ": cannot be read: there is no such file");
    }

    @Test
    void aSyntaxErrorHasItsPlaceAndHidesNoProblemOfOtherFiles() throws IOException {
        write("kiln.toml", "[kiln]\nshelves = \n");
        write("kiln.toml.d/10-a.toml", "[kiln]\nopen = 1\n");

        assertThat(problems())
                .hasSize(2)
                .anyMatch(p -> p.startsWith("kiln.toml:2:11: is not TOML: Unexpected end of line"))
                .anyMatch(
                        p -> p.startsWith("kiln.toml.d/10-a.toml:2:1: kiln.open is the integer 1"));
    }

    @Test
    void nestingThatWouldExhaustTheStackIsAProblemOfTheFile() throws IOException {
        write("kiln.toml", "a = " + "[".repeat(100_000));

        assertThat(problems()).isNotEmpty().allMatch(p -> p.contains("is not TOML"));
    }

    @Test
    void aKeyWrittenTwiceIsAProblem() throws IOException {
        write("kiln.toml", "[kiln]\nshelves = 1\nshelves = 2\n");

        assertThat(problems())
                .singleElement()
                .asString()
                .startsWith("kiln.toml:3:1: is not TOML: shelves previously defined");
    }

    @Test
    void aFileThatIsNotTextIsAProblem() throws IOException {
        Files.write(temp.resolve("kiln.toml"), new byte[] {'[', (byte) 0xff, ']'});

        assertThat(problems())
                .containsExactly("kiln.toml: cannot be read: it is not text in UTF-8");
    }

    @Test
    void aHugeFileIsAProblem() throws IOException {
        write("kiln.toml", "#".repeat((1 << 20) + 1));

        assertThat(problems())
                .containsExactly("kiln.toml: is too large: expected at most 1048576 bytes");
    }

    @Test
    void aSocketPathThatNoAddressCanHoldIsAProblemEvenIfItIsDerived() throws IOException {
        write("kiln.toml", "[server]\ndir = \"/" + "d".repeat(100) + "\"\n");

        var e =
                catchThrowableOfType(
                        ConfigException.class,
                        () -> Config.load(files(), List.of(), r -> DaemonConfig.read(r, "kiln")));

        assertThat(e.problems())
                .extracting(Problem::origin)
                .hasSize(3)
                .containsOnly(new Origin.Default());
        assertThat(e)
                .hasMessageContaining("server.task-socket is")
                .hasMessageContaining("at most 107 bytes");
    }

    @Test
    void aMappingAddsProblemsOfItsOwnAtThePlaceOfTheValue() throws IOException {
        write("kiln.toml", "[kiln]\nshelves = 4\n");

        var e =
                catchThrowableOfType(
                        ConfigException.class,
                        () -> Config.load(files(), List.of(), ConfigTest::evenOnly));

        assertThat(e)
                .hasMessage(
                        temp.resolve("kiln.toml")
                                + ":2:1: kiln.shelves is even: expected an odd number");
    }

    private static int evenOnly(ConfigReader reader) {
        var kiln = reader.section("kiln");
        int shelves = kiln.integer("shelves", 3, 1, 9);
        kiln.problem("shelves", "is even", "expected an odd number");
        return shelves;
    }

    private List<String> problems() {
        var e = catchThrowableOfType(ConfigException.class, this::load);
        return e.problems().stream().map(p -> p.toString().replace(temp + "/", "")).toList();
    }

    private Config<Kiln> load() {
        return Config.load(files(), List.of(), Kiln::read);
    }

    private ConfigFiles files() {
        return ConfigFiles.usual(temp.resolve("kiln.toml"));
    }

    private Origin at(String file, int line) {
        return new Origin.InFile(temp.resolve(file), line, 1);
    }

    private void write(String name, String text) throws IOException {
        var file = temp.resolve(name);
        Files.createDirectories(file.getParent());
        Files.writeString(file, text);
    }
}
