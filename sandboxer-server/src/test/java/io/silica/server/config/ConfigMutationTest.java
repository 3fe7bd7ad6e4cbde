// SPDX-License-Identifier: Apache-2.0
package io.silica.server.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Whatever stands in a file, the answer is a configuration or a list of problems with places. */
final class ConfigMutationTest {
    private static final int FILES = 300;
    private static final List<String> PIECES =
            List.of(
                    "[",
                    "]",
                    "=",
                    "\"",
                    "\n",
                    "'''",
                    "-1",
                    "{",
                    "}",
                    ",",
                    ".",
                    "#",
                    "\\u",
                    "9e9",
                    "\0",
                    "é",
                    "[[a]]",
                    "1979-05-27");

    @TempDir private Path temp;

    @Test
    void aDamagedFileIsReadOrReportedNeverAnAccident() throws IOException {
        long seed = Optional.ofNullable(Long.getLong("silica.seed")).orElseGet(System::nanoTime);
        System.out.println("seed " + seed + " (repeat with -Dsilica.seed=" + seed + ")");
        var random = new Random(seed);
        var whole =
                Config.load(
                                ConfigFiles.usual(temp.resolve("none")),
                                List.of(),
                                ConfigMutationTest::read)
                        .toToml();
        for (int i = 0; i < FILES; i++) {
            check(mutate(whole, random));
        }
    }

    private void check(String text) throws IOException {
        var file = Files.writeString(temp.resolve("wasm.toml"), text);
        try {
            Config.load(ConfigFiles.explicit(file), List.of(), ConfigMutationTest::read);
        } catch (ConfigException e) {
            assertThat(e.problems()).isNotEmpty();
            assertThat(e.problems())
                    .allSatisfy(problem -> assertPlace(problem, text.lines().count() + 1));
        }
    }

    private static void assertPlace(Problem problem, long lines) {
        assertThat(problem.what()).isNotBlank();
        assertThat(problem.hint()).isNotBlank();
        switch (problem.origin()) {
            case Origin.InFile(var _, int line, int column) -> {
                assertThat((long) line).isBetween(1L, lines);
                assertThat(column).isPositive();
            }
            case Origin.Default _ -> assertThat(problem.what()).contains("socket");
            case Origin.WholeFile _ -> assertThat(problem.hint()).contains("gave up");
            case Origin.Flag _ -> throw new AssertionError(problem.toString());
        }
    }

    private static String mutate(String text, Random random) {
        var mutated = new StringBuilder(text);
        for (int i = random.nextInt(4); i >= 0; i--) {
            int at = random.nextInt(mutated.length());
            int until = Math.min(mutated.length(), at + random.nextInt(12));
            mutated.replace(
                    at,
                    until,
                    random.nextBoolean() ? "" : PIECES.get(random.nextInt(PIECES.size())));
        }
        return mutated.toString();
    }

    private static DaemonConfig read(ConfigReader reader) {
        return DaemonConfig.read(reader, "wasm");
    }
}
