// SPDX-License-Identifier: Apache-2.0
package io.silica.ctl;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.silica.ctl.cli.ExitCode;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.CRC32C;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

final class StateCommandTest {
    private static final String RUNNING =
            """
            {"id":"abc1","pod":{"name":"web","namespace":"prod","uid":"u","attempt":0},"handler":"wasm",\
            "state":"running","pid":0,"createdAt":"2026-11-22T19:00:00Z","cgroupParent":null,\
            "tasks":[{"id":"t1","bundle":"/b"}]}\
            """;

    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final ByteArrayOutputStream err = new ByteArrayOutputStream();
    @TempDir private Path root;
    private Path directory;
    private Path store;

    @BeforeEach
    void makeTheStateDirectory() throws IOException {
        directory = root.resolve("wasm");
        store = Files.createDirectories(directory.resolve("sandboxes"));
    }

    @Test
    void listIsATableOfTheSandboxes() throws IOException {
        write("abc1", envelope(RUNNING));

        assertThat(run("list")).isEqualTo(ExitCode.OK);

        assertThat(text(out))
                .isEqualTo(
                        """
                        KIND  SANDBOX  POD       HANDLER  STATE    CONTAINERS  CREATED
                        wasm  abc1     prod/web  wasm     running  1           2026-11-22T19:00:00Z
                        """);
    }

    @Test
    void listInJsonHasTheWholeRecords() throws IOException {
        write("abc1", envelope(RUNNING));

        assertThat(run("list", "-o", "json")).isEqualTo(ExitCode.OK);

        JsonNode list = new JsonMapper().readTree(text(out));
        assertThat(list).hasSize(1);
        assertThat(list.at("/0/record/tasks/0/bundle").asString()).isEqualTo("/b");
        assertThat(list.at("/0/version").intValue()).isEqualTo(1);
    }

    @Test
    void aDirectoryWithoutRecordsIsAnEmptyTable() {
        assertThat(run("list")).isEqualTo(ExitCode.OK);

        assertThat(text(out)).hasLineCount(1).startsWith("KIND");
    }

    @Test
    void recordsThatCannotBeReadAreShownAsSuch() throws IOException {
        write("abc1", envelope(RUNNING));
        write("bad1", "hello");
        write("bad2", envelope(RUNNING).replace("web", "wxb"));
        write("bad3", envelope(RUNNING).substring(0, 100));
        write("quarantine/old1", "what it was");
        Files.writeString(store.resolve(".abc1.json.1.tmp"), "half");

        assertThat(run("list")).isEqualTo(ExitCode.FAILED);

        assertThat(text(out).lines())
                .hasSize(6)
                .anyMatch(l -> l.contains("bad1.json does not begin as a record does"))
                .anyMatch(l -> l.contains("bad2.json has a wrong checksum"))
                .anyMatch(l -> l.contains("bad3.json has no end"))
                .anyMatch(l -> l.contains("quarantined: ") && l.contains("old1.json"));
    }

    @Test
    void showHasALineForEachValue() throws IOException {
        write("abc1", envelope(RUNNING));

        assertThat(run("show", "abc")).isEqualTo(ExitCode.OK);

        assertThat(text(out).lines())
                .anyMatch(l -> l.matches("record\\.pod\\.name +web"))
                .anyMatch(l -> l.matches("record\\.tasks\\[0]\\.id +t1"))
                .noneMatch(l -> l.contains("cgroupParent"));
    }

    @Test
    void showTellsApartNoneAndSeveral() throws IOException {
        write("abc1", envelope(RUNNING));
        write("abc2", envelope(RUNNING));

        assertThat(run("show", "x")).isEqualTo(ExitCode.FAILED);
        assertThat(run("show", "abc")).isEqualTo(ExitCode.FAILED);

        assertThat(text(err))
                .contains("no daemon has a record of sandbox x")
                .contains("[abc1, abc2]");
    }

    @Test
    void controlCharactersOfNamesDoNotReachTheTerminal() throws IOException {
        write("abc1", envelope(RUNNING.replace("web", "w\\u001bb")));

        run("list");

        assertThat(text(out)).contains("prod/w?b").doesNotContain("\u001b");
    }

    @Test
    void aMissingDirectoryIsNamed() {
        assertThat(execute(List.of("state", "list", "--dir", root.resolve("none").toString())))
                .isEqualTo(ExitCode.FAILED);

        assertThat(text(err)).contains("none").contains("--dir");
    }

    private int run(String... args) {
        List<String> all = new ArrayList<>(List.of("state"));
        all.addAll(List.of(args));
        all.addAll(List.of("--dir", directory.toString()));
        return execute(all);
    }

    private int execute(List<String> args) {
        return new SandboxCtl(stream(out), stream(err)).execute(args.toArray(String[]::new));
    }

    private void write(String id, String text) throws IOException {
        Path file = store.resolve(id + ".json");
        Files.createDirectories(file.getParent());
        Files.writeString(file, text);
    }

    static String envelope(String record) {
        var checksum = new CRC32C();
        checksum.update(record.getBytes(UTF_8));
        checksum.update("sandbox1".getBytes(UTF_8));
        return "{\"version\":1,\"kind\":\"sandbox\",\"checksum\":\"%08x\",\"record\":%s}\n"
                .formatted(checksum.getValue(), record);
    }

    private static PrintStream stream(ByteArrayOutputStream bytes) {
        return new PrintStream(bytes, true, UTF_8);
    }

    private static String text(ByteArrayOutputStream bytes) {
        return bytes.toString(UTF_8);
    }
}
