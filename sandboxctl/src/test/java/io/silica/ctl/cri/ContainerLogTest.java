// SPDX-License-Identifier: Apache-2.0
package io.silica.ctl.cri;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class ContainerLogTest {
    private static final String HEAD = "2026-11-22T19:00:01Z stdout F ";

    @TempDir private Path directory;
    private Path file;

    @BeforeEach
    void nameTheFile() {
        file = directory.resolve("0.log");
    }

    @Test
    void aFileThatIsNotThereYetHasNoLines() throws IOException {
        assertThat(ContainerLog.fromStart(file).appended()).isEmpty();
    }

    @Test
    void eachLineIsReadOnce() throws IOException {
        var log = ContainerLog.fromStart(file);

        append(HEAD + "one\n" + HEAD + "two\n");
        assertThat(texts(log)).containsExactly("one", "two");
        append(HEAD + "three\n");
        assertThat(texts(log)).containsExactly("three");
        assertThat(texts(log)).isEmpty();
    }

    @Test
    void aLineIsReadWhenItsNewlineIsThere() throws IOException {
        var log = ContainerLog.fromStart(file);

        append(HEAD + "be");
        assertThat(texts(log)).isEmpty();
        append("gun\n");
        assertThat(texts(log)).containsExactly("begun");
    }

    @Test
    void fromTheEndPassesOverWhatAnEarlierContainerWrote() throws IOException {
        append(HEAD + "old\n");
        var log = ContainerLog.fromEnd(file);

        append(HEAD + "new\n");

        assertThat(texts(log)).containsExactly("new");
    }

    @Test
    void aLogThatWasReplacedByAShorterOneIsReadFromItsBeginning() throws IOException {
        var log = ContainerLog.fromStart(file);
        append(HEAD + "a long line\n");
        assertThat(texts(log)).hasSize(1);

        Files.delete(file);
        append(HEAD + "new\n");
        assertThat(texts(log)).containsExactly("new");
    }

    @Test
    void aLogOfManyChunksKeepsItsLines() throws IOException {
        String line = HEAD + "x".repeat(16_000) + "\n";
        append(line.repeat(200));

        assertThat(ContainerLog.fromStart(file).appended())
                .hasSize(200)
                .allMatch(l -> l.content().size() == 16_000);
    }

    private static List<String> texts(ContainerLog log) throws IOException {
        return log.appended().stream().map(line -> line.content().toStringUtf8()).toList();
    }

    private void append(String text) throws IOException {
        Files.writeString(file, text, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
    }
}
