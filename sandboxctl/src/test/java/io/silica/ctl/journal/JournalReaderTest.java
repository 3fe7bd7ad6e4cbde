// SPDX-License-Identifier: Apache-2.0
package io.silica.ctl.journal;

import static io.silica.ctl.journal.DaemonJournal.TASK;
import static io.silica.ctl.journal.DaemonJournal.frame;
import static io.silica.ctl.journal.DaemonJournal.request;
import static org.assertj.core.api.Assertions.assertThat;

import io.silica.proto.containerd.task.StateRequest;
import io.silica.proto.containerd.task.WaitRequest;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Journals of the daemon's own making, and what is left of them when they are damaged. */
final class JournalReaderTest {
    private static final long SEED = Long.getLong("silica.seed", System.nanoTime());
    private static final long SMALL = 64L << 10;
    private static final WaitRequest WAIT = WaitRequest.newBuilder().setId("c1").build();

    @TempDir private Path directory;
    private DaemonJournal daemon;

    @BeforeEach
    void open() throws IOException {
        daemon = new DaemonJournal(directory.resolve("wasm"), SMALL);
    }

    @AfterEach
    void close() {
        daemon.close();
    }

    @Test
    void requestsWithoutAnAnswerAreFoundWithTheirConnections() {
        daemon.connect(1);
        daemon.connect(2);
        daemon.connect(3);
        daemon.call(1, 1, "State", StateRequest.newBuilder().setId("c1").build());
        daemon.call(1, 3, "Wait", WAIT);
        daemon.answered(1, 1);
        daemon.closed(3);

        var report = read();

        assertThat(report.holder()).isEqualTo(DaemonJournal.HOLDER);
        assertThat(report.connections()).extracting(ConnectionReport::id).containsExactly(1L, 2L);
        assertThat(report.connections().getFirst().requests())
                .singleElement()
                .satisfies(it -> {
                    assertThat(it.stream()).isEqualTo(3);
                    assertThat(it.content().method()).isEqualTo("Wait");
                    assertThat(it.content().namespace()).isEqualTo("k8s.io");
                    assertThat(it.content().shown()).containsEntry("id", "c1");
                });
    }

    @Test
    void aRequestThatCameInPiecesIsWholeAndOneThatHasNotComeWholeIsCounted() {
        daemon.connect(1);
        var bytes = frame(1, request(TASK, "Wait", WAIT));
        daemon.came(1, bytes.slice(0, 7));
        daemon.came(1, bytes.slice(7, bytes.limit() - 7));
        daemon.came(1, frame(3, request(TASK, "Wait", WAIT)).slice(0, 20));

        var connection = read().connections().getFirst();

        assertThat(connection.requests()).hasSize(1);
        assertThat(connection.begunBytes()).isEqualTo(20);
    }

    @Test
    void aFrameThatIsTooLongAndAnAnswerThatWasSentInPartAreTold() {
        daemon.connect(1);
        daemon.came(1, ByteBuffer.allocate(12).putInt(0, 5 << 20).putInt(4, 1).put(8, (byte) 1));
        daemon.sentInPart(1);

        var connection = read().connections().getFirst();

        assertThat(connection.bytesToSkip()).isEqualTo((5 << 20) - 2);
        assertThat(connection.sentInPart()).isTrue();
    }

    /** The metric {@code silica_journal_used_bytes} says the same. */
    @Test
    void whatIsTakenIsCountedAsTheDaemonCountsItInEitherHalf() {
        daemon.connect(1);
        daemon.connect(2);
        daemon.call(1, 1, "Wait", WAIT);
        daemon.came(2, frame(1, new byte[1000]).slice(0, 500));
        for (int stream = 3; daemon.journal().turns() < 3; stream += 2) {
            var report = read();
            assertThat(report.takenBytes()).isEqualTo(daemon.journal().bytes());
            assertThat(report.generation()).isEqualTo(daemon.journal().turns());
            assertThat(report.connections().getFirst().requests()).hasSize(1);
            daemon.came(1, frame(stream, new byte[5000]));
            daemon.answered(1, stream);
        }
    }

    @Test
    void aJournalCanBeReadWhileItsDaemonWritesAndTurnsToItsOtherHalf() throws Exception {
        try (var busy = new DaemonJournal(directory.resolve("busy"), 16L << 20)) {
            busy.connect(1);
            busy.call(1, 1, "Wait", WAIT);
            var done = new AtomicBoolean();
            var writer = Thread.ofPlatform().start(() -> serve(busy, done));
            while (busy.journal().turns() < 100) {
                var requests = JournalReader.read(busy.file()).connections().getFirst().requests();
                assertThat(requests.size()).isBetween(1, 2);
                assertThat(requests.getFirst().content().method()).isEqualTo("Wait");
            }
            done.set(true);
            writer.join();
        }
    }

    private static void serve(DaemonJournal daemon, AtomicBoolean done) {
        for (int stream = 3; !done.get(); stream += 2) {
            daemon.came(1, frame(stream, new byte[5000]));
            daemon.answered(1, stream);
        }
    }

    @Test
    void readingChangesNothing() throws IOException {
        daemon.connect(1);
        daemon.call(1, 1, "Wait", WAIT);
        byte[] before = Files.readAllBytes(daemon.file());
        var time = Files.getLastModifiedTime(daemon.file());

        read();

        assertThat(daemon.file()).hasBinaryContent(before);
        assertThat(Files.getLastModifiedTime(daemon.file())).isEqualTo(time);
    }

    @Test
    void ofAJournalThatIsCutAnywhereItIsToldWhatIsWrong() throws IOException {
        byte[] whole = busyJournal();
        for (int length = 0; length < whole.length; length += step(length)) {
            assertThat(problem(Arrays.copyOf(whole, length)))
                    .as("cut at %d", length)
                    .isIn("it is cut short", "it is not as long as it says");
        }
    }

    @Test
    void ofAJournalWithAFlippedBitItIsToldWhatIsWrongOrItSaysWhatItSaid() throws IOException {
        byte[] whole = busyJournal();
        var random = new Random(SEED);
        List<String> problems = new ArrayList<>();
        for (int at = 0; at < whole.length; at += step(at)) {
            byte[] flipped = whole.clone();
            flipped[at] ^= (byte) (1 << random.nextInt(8));
            var problem = problem(flipped);
            problems.addAll(problem.isEmpty() ? List.of() : List.of(problem));
        }
        assertThat(problems)
                .as("seed %d", SEED)
                .hasSizeGreaterThan(300)
                .contains(
                        "it does not begin as a journal does",
                        "the checksum of its header is wrong",
                        "it cannot be told which half is in use",
                        "the head of its half in use is damaged")
                .anyMatch(it -> it.matches("the record at byte \\d+ .* has a wrong checksum"));
    }

    /** Each byte of the header's fields and of the half in use; of what only fills some. */
    private static int step(int at) {
        return at < 100 || (at >= 4096 && at < 6000) ? 1 : 61;
    }

    private byte[] busyJournal() throws IOException {
        daemon.connect(1);
        daemon.connect(2);
        for (int stream = 1; stream < 20; stream += 2) {
            daemon.call(1, stream, "Wait", WAIT);
        }
        daemon.answered(1, 5);
        return Files.readAllBytes(daemon.file());
    }

    /** What is wrong with a file; empty if nothing is. */
    private String problem(byte[] bytes) throws IOException {
        Path file = directory.resolve("copy");
        Files.write(file, bytes);
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
        try {
            var _ = JournalReader.read(file);
            return "";
        } catch (JournalException e) {
            return e.problem();
        }
    }

    private JournalReport read() {
        return JournalReader.read(daemon.file());
    }
}
