// SPDX-License-Identifier: Apache-2.0
package io.silica.ctl;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.google.protobuf.Any;
import com.google.protobuf.ByteString;
import io.silica.ctl.cli.ExitCode;
import io.silica.ctl.journal.DaemonJournal;
import io.silica.proto.containerd.task.CreateTaskRequest;
import io.silica.proto.containerd.task.ExecProcessRequest;
import io.silica.proto.containerd.task.WaitRequest;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.zip.CRC32C;
import org.assertj.core.api.AbstractStringAssert;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

final class JournalCommandTest {
    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final ByteArrayOutputStream err = new ByteArrayOutputStream();
    @TempDir private Path root;
    private Path state;
    private Path file;
    private DaemonJournal daemon;

    @BeforeEach
    void makeTheJournal() throws IOException {
        state = root.resolve("wasm");
        daemon = new DaemonJournal(state, 64L << 10);
        file = daemon.file();
        daemon.connect(7);
        daemon.connect(8);
    }

    @AfterEach
    void close() {
        daemon.close();
    }

    @Test
    void aTableSaysWhatTheJournalIsAndHasALineForEachRequest() {
        daemon.call(7, 3, "Wait", WaitRequest.newBuilder().setId("c1").setExecId("e1").build());

        assertThat(run()).isEqualTo(ExitCode.OK);

        assertThat(text(out).lines())
                .anyMatch(l -> l.matches("JOURNAL +" + file))
                .anyMatch(l -> l.matches("version +1"))
                .anyMatch(l -> l.matches("holder +" + DaemonJournal.HOLDER))
                .anyMatch(l -> l.matches("in use +half 0, generation 0"))
                .anyMatch(l -> l.matches("size +61440 bytes, 28672 in each half"))
                .anyMatch(l -> l.matches("taken +\\d+ bytes \\(\\d+ % of a half\\) .*"))
                .anyMatch(l -> l.matches("connections +2"))
                .anyMatch(l ->
                        l.matches(
                                "7 +3 +containerd.task.v3.Task +Wait +\\d{4}-\\S+Z +\\d+"
                                        + " +namespace=k8s.io id=c1 exec_id=e1"))
                .anyMatch(l -> l.matches("8 +(- +){5}no request without an answer"));
    }

    @Test
    void jsonHasTheSameForScripts() throws IOException {
        var before = Instant.now();
        daemon.call(7, 3, "Wait", WaitRequest.newBuilder().setId("c1").build());

        assertThat(run("-o", "json")).isEqualTo(ExitCode.OK);

        var journal = json().get(0);
        assertThat(journal.at("/file").asString()).isEqualTo(file.toString());
        assertThat(journal.at("/version").intValue()).isEqualTo(1);
        assertThat(journal.at("/isOfThisBoot").booleanValue()).isTrue();
        assertThat(journal.at("/halfBytes").intValue()).isEqualTo(28672);
        assertThat(journal.at("/connections")).hasSize(2);
        var request = journal.at("/connections/0/requests/0");
        assertThat(request.at("/stream").intValue()).isEqualTo(3);
        assertThat(request.at("/method").asString()).isEqualTo("Wait");
        assertThat(request.at("/request/id").asString()).isEqualTo("c1");
        assertThat(request.at("/withheld")).isEmpty();
        assertThat(Instant.parse(request.at("/arrived").asString()))
                .isBetween(before.minus(Duration.ofSeconds(1)), Instant.now().plusSeconds(1));
    }

    @Test
    void secretsOfRequestsArePrintedInNeitherForm() {
        var secret = Any.newBuilder().setTypeUrl("x").setValue(ByteString.copyFromUtf8("hunter2"));
        daemon.call(
                7,
                1,
                "Create",
                CreateTaskRequest.newBuilder().setId("c1").setOptions(secret).build());
        daemon.call(
                7,
                3,
                "Exec",
                ExecProcessRequest.newBuilder()
                        .setId("c1")
                        .setExecId("e1")
                        .setSpec(secret)
                        .build());

        assertThat(run()).isEqualTo(ExitCode.OK);
        assertThat(run("-o", "json")).isEqualTo(ExitCode.OK);

        assertThat(text(out))
                .contains("withheld: options", "withheld: spec")
                .doesNotContain("hunter2");
    }

    @Test
    void whatAClientMadeUpMovesNoCursor() {
        daemon.call(7, 1, "W\u001b[2J", WaitRequest.getDefaultInstance());

        assertThat(run()).isEqualTo(ExitCode.OK);

        assertThat(text(out)).contains("W?[2J").doesNotContain("\u001b");
    }

    @Test
    void aJournalThatADaemonHasSetAsideIsReadByItsName() throws IOException {
        Path kept = copy(Files.readAllBytes(file));

        assertThat(execute("journal", kept.toString())).isEqualTo(ExitCode.OK);

        assertThat(text(out)).contains(kept.toString());
    }

    @Test
    void ofAnotherLifeOfTheMachineTheTimeOfDayIsNotKnown() throws IOException {
        daemon.call(7, 3, "Wait", WaitRequest.getDefaultInstance());
        byte[] bytes = Files.readAllBytes(file);
        var half = ByteBuffer.wrap(bytes, 4096, 64).slice().order(ByteOrder.LITTLE_ENDIAN);
        half.putLong(16, 42);
        half.putInt(4, checksum(half.slice(8, 56)));

        assertThat(execute("journal", copy(bytes).toString())).isEqualTo(ExitCode.OK);

        assertThat(text(out))
                .contains(", which has ended")
                .containsPattern("\\d+ s after the boot");
    }

    @Test
    void aMissingJournalIsToldAndSoIsAMissingDirectory() throws IOException {
        Files.delete(file);
        assertThat(run()).isEqualTo(ExitCode.FAILED);
        problem().contains(file + ": there is none");

        assertThat(execute("journal", "--dir", root.resolve("none").toString()))
                .isEqualTo(ExitCode.FAILED);
        problem().contains("there is none");
    }

    @Test
    void aDamagedJournalIsToldInBothForms() throws IOException {
        byte[] bytes = Files.readAllBytes(file);
        bytes[4096 + 64 + 20] ^= 1;
        Path damaged = copy(bytes);

        assertThat(execute("journal", damaged.toString())).isEqualTo(ExitCode.FAILED);
        problem().contains("the record at byte 64 of its half in use has a wrong checksum");

        assertThat(execute("journal", damaged.toString(), "-o", "json")).isEqualTo(ExitCode.FAILED);
        assertThat(json().at("/0/problem").asString()).contains("has a wrong checksum");
    }

    @Test
    void aJournalThatIsCutShortIsTold() throws IOException {
        byte[] bytes = Files.readAllBytes(file);

        refuses(copy(Arrays.copyOf(bytes, 4095))).contains("it is cut short");
        refuses(copy(Arrays.copyOf(bytes, 10_000))).contains("it is not as long as it says");
    }

    @Test
    void aJournalOfANewerVersionIsToldWithWhatToDo() throws IOException {
        byte[] bytes = Files.readAllBytes(file);
        var header = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).putInt(8, 2);
        header.putInt(12, checksum(header.slice(8, 4), header.slice(16, 4)));

        refuses(copy(bytes))
                .contains("it has version 2, and this program knows 1")
                .contains("use the sandboxctl that came with its daemon");
    }

    @Test
    void aJournalOfAnotherUserIsNotTrusted() throws IOException {
        assumeTrue(
                Integer.valueOf(0).equals(Files.getAttribute(Path.of("/proc/self"), "unix:uid")),
                "only root can give a file away");
        Path foreign = copy(Files.readAllBytes(file));
        Files.setAttribute(foreign, "unix:uid", 4711);

        refuses(foreign).contains("it belongs to user 4711 and not to user 0");
    }

    @Test
    void aJournalThatOthersMayUseIsNotTrusted() throws IOException {
        Path open = copy(Files.readAllBytes(file));
        Files.setPosixFilePermissions(open, PosixFilePermissions.fromString("rw-r--r--"));

        refuses(open).contains("others than its owner may use it");
    }

    @Test
    void aLinkAFifoAndADirectoryAreNotReadAndNotWaitedFor() throws Exception {
        Path link = Files.createSymbolicLink(root.resolve("link"), file);
        Path fifo = root.resolve("fifo");
        assertThat(new ProcessBuilder("mkfifo", fifo.toString()).start().waitFor()).isZero();

        refuses(link).contains("it is a symbolic link");
        refuses(fifo).contains("it is no regular file");
        refuses(state).contains("it is no regular file");
    }

    @Test
    void aFileAndADirectoryAtOnceAreAUsageError() {
        assertThat(run(file.toString())).isEqualTo(ExitCode.USAGE);
    }

    private AbstractStringAssert<?> refuses(Path journal) {
        assertThat(execute("journal", journal.toString())).isEqualTo(ExitCode.FAILED);
        return problem().contains(journal.toString());
    }

    /** The last line on standard error. */
    private AbstractStringAssert<?> problem() {
        return assertThat(text(err).lines().toList().getLast()).startsWith("sandboxctl: ");
    }

    private JsonNode json() {
        return new JsonMapper().readTree(text(out));
    }

    private Path copy(byte[] bytes) throws IOException {
        Path copy = Files.createTempFile(root, "damaged-", "");
        return Files.write(copy, bytes);
    }

    private static int checksum(ByteBuffer... parts) {
        var checksum = new CRC32C();
        for (var part : parts) {
            checksum.update(part);
        }
        return (int) checksum.getValue();
    }

    private int run(String... args) {
        List<String> all = new ArrayList<>(List.of("journal", "--dir", state.toString()));
        all.addAll(List.of(args));
        return execute(all.toArray(String[]::new));
    }

    private int execute(String... args) {
        return new SandboxCtl(stream(out), stream(err)).execute(args);
    }

    private static PrintStream stream(ByteArrayOutputStream bytes) {
        return new PrintStream(bytes, true, UTF_8);
    }

    private static String text(ByteArrayOutputStream bytes) {
        return bytes.toString(UTF_8);
    }
}
