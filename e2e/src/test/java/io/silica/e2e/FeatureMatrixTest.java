// SPDX-License-Identifier: Apache-2.0
package io.silica.e2e;

import static java.util.stream.Collectors.joining;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.lang.reflect.Method;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Locale;
import java.util.function.Function;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * The table of what each kind can is that of the sentences, and of what is declared beside them.
 */
final class FeatureMatrixTest {
    private static final Path DOCUMENT = Repository.directory("docs").resolve("feature-matrix.md");

    private static final String HEAD =
            """
            # What each kind of pods can

            Each line is a sentence of `EveryKindTest`, which runs on every containerd that the tests drive, for virtual machines on the newest. What a kind refuses is declared in
            `Kind.java` with words of the refusal, to which the test holds it. This page is made of the two by `make feature-matrix`, and a test fails when it
            is not what they say. What only one kind can, and the conditions of a "yes", are on the page of that kind: [wasm.md](wasm.md),
            [appkernel.md](appkernel.md), [vmm.md](vmm.md).

            """;

    /** With {@code -Dsilica.feature-matrix=write} it becomes so. */
    @Test
    void theDocumentIsWhatIsDeclared() throws IOException {
        var matrix = HEAD + table();
        if (System.getProperty("silica.feature-matrix", "").equals("write")) {
            Files.writeString(DOCUMENT, matrix);
        }

        assertThat(DOCUMENT).as("what make feature-matrix writes").hasContent(matrix);
    }

    @Test
    void whatAKindRefusesIsASentence() {
        for (var kind : Kind.ALL) {
            assertThat(sentences()).containsAll(kind.refused().keySet());
        }
    }

    private static String table() {
        var head = Stream.of(row("", Kind::title), "|---|" + "---|".repeat(Kind.ALL.size()));
        var rows = sentences().map(it -> row(words(it), kind -> answer(kind, it)));
        return Stream.concat(head, rows).collect(joining("\n", "", "\n"));
    }

    private static Stream<String> sentences() {
        return Arrays.stream(EveryKindTest.class.getDeclaredMethods())
                .filter(method -> method.isAnnotationPresent(Test.class))
                .map(Method::getName)
                .sorted();
    }

    private static String row(String first, Function<Kind, String> cell) {
        return Stream.concat(Stream.of(first), Kind.ALL.stream().map(cell))
                .collect(joining(" | ", "| ", " |"));
    }

    private static String answer(Kind kind, String sentence) {
        return kind.refusal(sentence).map("refused: \"%s\""::formatted).orElse("yes");
    }

    private static String words(String name) {
        return name.replaceAll("([A-Z])", " $1").toLowerCase(Locale.ROOT);
    }
}
