// SPDX-License-Identifier: Apache-2.0
package io.silica.server.journal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.silica.linux.Mounts;
import io.silica.ttrpc.Backlog;
import io.silica.ttrpc.ConnectionId;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.function.Consumer;
import java.util.zip.CRC32C;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What becomes of journals that are not as they were left. */
final class JournalDirectoryTest {
    private static final long SEED = Long.getLong("silica.seed", System.nanoTime());
    private static final long BYTES = 64L << 10;
    private static final int HALF_BYTES = 28 << 10;
    private static final JournalOwner OWNER = JournalOwner.now("0".repeat(32));
    private static final ConnectionId ONE = new ConnectionId(1);
    private static final ConnectionId TWO = new ConnectionId(2);

    @TempDir private Path directory;
    private JournalDirectory journals;

    @BeforeEach
    void directory() {
        journals = new JournalDirectory(directory);
    }

    @Test
    void aNewJournalIsForItsOwnerOnlyAndTakesItsRoomAtOnce() throws Exception {
        leaveAJournal();

        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(journals.file())))
                .isEqualTo("rw-------");
        var blocks =
                new ProcessBuilder("stat", "-c", "%b", journals.file().toString())
                        .start()
                        .inputReader()
                        .readLine();
        assertThat(Long.parseLong(blocks) * 512)
                .isGreaterThanOrEqualTo(Files.size(journals.file()));
    }

    @Test
    void aJournalThatIsMissingIsBegunAfresh() {
        assertThat(open()).isInstanceOf(JournalOpening.Fresh.class);
    }

    @Test
    void whatAnInterruptedBeginningLeftIsNoHindrance() throws IOException {
        Files.write(directory.resolve("journal.new"), new byte[100]);

        assertThat(open()).isInstanceOf(JournalOpening.Fresh.class);
        assertThat(directory.resolve("journal.new")).doesNotExist();
    }

    @Test
    void anyBitMayFlip() throws IOException {
        leaveAJournal();
        byte[] whole = Files.readAllBytes(journals.file());
        var random = new Random(SEED);
        int damaged = 0;
        for (int at = 0; at < whole.length; at += isUsed(at) ? 1 : 61) {
            byte[] flipped = whole.clone();
            flipped[at] ^= (byte) (1 << random.nextInt(8));
            Files.write(journals.file(), flipped);
            damaged += isUsedAsItWas("seed %d, byte %d".formatted(SEED, at)) ? 0 : 1;
        }
        // Each byte of the records and heads matters, but for a few that only fill.
        assertThat(damaged).isGreaterThan(1000);
    }

    @Test
    void itMayBeCutAtAnyByte() throws IOException {
        leaveAJournal();
        byte[] whole = Files.readAllBytes(journals.file());
        for (int length = 0; length < whole.length; length += isUsed(length) ? 1 : 61) {
            Files.write(journals.file(), Arrays.copyOf(whole, length));
            assertThat(isUsedAsItWas("cut at " + length)).as("cut at %d", length).isFalse();
        }
    }

    @Test
    void whatWasAppendedToTheFileIsDamage() throws IOException {
        leaveAJournal();
        Files.write(journals.file(), new byte[1], StandardOpenOption.APPEND);

        assertThat(reasonFor(open())).isEqualTo("it is not as long as it says");
    }

    /** A process may die before any of its stores. */
    @Test
    void aRecordWhoseFirstWordIsNotStoredIsNotThereAndTheNextTakesItsPlace() throws IOException {
        leaveAJournal();
        int last = lastRecord();
        change(file -> file.putInt(last, 0));

        try (var journal = continued()) {
            var two = journal.open(TWO, true);
            assertThat(two.backlog().requests()).isEmpty();
            assertThat(two.isConsumed()).isTrue();
            two.append(Frames.request(1, 10));
        }
        try (var journal = continued()) {
            assertThat(journal.open(TWO, true).backlog().requests())
                    .extracting(Backlog.Request::frame)
                    .containsExactly(Frames.request(1, 10));
        }
    }

    @Test
    void aJournalOfANewerVersionIsNotUsed() throws IOException {
        leaveAJournal();
        change(file -> {
            file.putInt(8, 2);
            var checksum = new CRC32C();
            checksum.update(file.slice(8, 4));
            checksum.update(file.slice(16, 4));
            file.putInt(12, (int) checksum.getValue());
        });

        assertThat(reasonFor(open())).isEqualTo("it has version 2, and this program knows 1");
    }

    @Test
    void whatIsNotAJournalIsNotUsed() throws IOException {
        Files.write(journals.file(), new byte[(int) BYTES]);
        mayBeUsedByUsOnly();

        assertThat(reasonFor(open())).isEqualTo("it does not begin as a journal does");
    }

    @Test
    void aJournalThatOthersMayUseIsNotUsed() throws IOException {
        leaveAJournal();
        Files.setPosixFilePermissions(
                journals.file(), PosixFilePermissions.fromString("rw-r-----"));

        assertThat(reasonFor(open())).isEqualTo("others than its owner may use it");
    }

    @Test
    void aJournalOfAnotherUserIsNotUsed() throws IOException {
        assumeTrue("root".equals(System.getProperty("user.name")), "only root can give files away");
        leaveAJournal();
        Files.setAttribute(journals.file(), "unix:uid", 65534, LinkOption.NOFOLLOW_LINKS);

        assertThat(reasonFor(open())).isEqualTo("it belongs to another user");
    }

    @Test
    void aLinkAndADirectoryAreNotUsed() throws IOException {
        leaveAJournal();
        var elsewhere = Files.move(journals.file(), directory.resolve("elsewhere"));
        Files.createSymbolicLink(journals.file(), elsewhere);

        assertThat(reasonFor(open())).isEqualTo("it is not a regular file");
        assertThat(elsewhere).exists();

        Files.delete(journals.file());
        Files.createDirectory(journals.file());
        assertThat(reasonFor(open())).isEqualTo("it is not a regular file");
    }

    @Test
    void ofJournalsThatCannotBeUsedTheLastAreKept() throws IOException {
        for (int i = 0; i < 12; i++) {
            Files.writeString(journals.file(), "damaged " + i);
            mayBeUsedByUsOnly();
            if (open() instanceof JournalOpening.Damaged(var _, var _, var kept)) {
                assertThat(kept).hasContent("damaged " + i);
            }
        }
        try (var files = Files.list(directory)) {
            assertThat(files.map(file -> file.getFileName().toString()))
                    .containsExactlyInAnyOrder("journal", "damaged-9", "damaged-10", "damaged-11");
        }
    }

    @Test
    void onAFullDiskThereIsNoJournalAndNothingIsLeftOfIt() throws IOException {
        inTmpfs(
                "size=32k",
                () -> {
                    assertThat(open())
                            .isInstanceOfSatisfying(
                                    JournalOpening.Unusable.class,
                                    unusable ->
                                            assertThat(unusable.reason())
                                                    .contains("no space left"));
                    assertThat(directory).isEmptyDirectory();
                });
    }

    @Test
    void onADiskThatIsNowFullTheJournalThatIsThereIsUsed() throws IOException {
        inTmpfs(
                "size=80k",
                () -> {
                    leaveAJournal();
                    fillUp();
                    try (var journal = continued()) {
                        check(journal, "on a full disk");
                    }
                });
    }

    @Test
    void onADiskThatIsFullADamagedJournalIsKept() throws IOException {
        inTmpfs(
                "size=80k",
                () -> {
                    leaveAJournal();
                    change(file -> file.putInt(0, 0));
                    fillUp();
                    assertThat(open()).isInstanceOf(JournalOpening.Unusable.class);
                    assertThat(directory.resolve("damaged-0")).exists();
                });
    }

    @Test
    void aReadOnlyDiskIsSaidSo() throws IOException {
        inTmpfs(
                "size=1m",
                () -> {
                    leaveAJournal();
                    Mounts.mount("", "", directory, List.of("remount", "ro"));
                    assertThat(open())
                            .isInstanceOfSatisfying(
                                    JournalOpening.Unusable.class,
                                    unusable -> assertThat(unusable.reason()).contains("ead-only"));
                });
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2})
    void aHalfThatIsNotInUseMayHoldAnything(int turns) throws IOException {
        try (var journal = fresh()) {
            journal.open(ONE, false).append(Frames.request(1, 10));
            for (int i = 0; i < turns; i++) {
                journal.passTo(OWNER);
            }
        }
        // It began in the first half.
        int unused = JournalHeader.BYTES + (turns == 1 ? 0 : HALF_BYTES);
        change(file -> file.position(unused).put(new byte[HALF_BYTES]));

        try (var journal = continued()) {
            assertThat(journal.open(ONE, true).backlog().requests()).hasSize(1);
        }
    }

    /**
     * Two requests and a half on one connection, one of them answered, and one on another that may
     * still be in its socket.
     */
    private void leaveAJournal() {
        var journal = fresh();
        var one = journal.open(ONE, false);
        one.append(Frames.join(Frames.request(1, 300), Frames.request(3, 301)));
        one.consumed();
        one.answered(1);
        one.append(Frames.request(5, 302).slice(0, 100));
        one.consumed();
        journal.open(TWO, false).append(Frames.request(1, 303));
        journal.close();
    }

    /** Whether it is used, and then tells what it should. */
    private boolean isUsedAsItWas(String when) throws IOException {
        try (var file = JournalFile.open(journals.file())) {
            assertThat(file.owner()).as(when).isEqualTo(OWNER);
            check(new Journal(file, TrackedConnections.of(file.half()), OWNER), when);
            return true;
        } catch (DamagedJournalException e) {
            assertThat(e).as(when).hasMessageMatching("(it|the|its) .*");
            return false;
        }
    }

    private static void check(Journal journal, String when) {
        var one = journal.open(ONE, true);
        assertThat(one.backlog().requests())
                .as(when)
                .extracting(Backlog.Request::frame)
                .containsExactly(Frames.request(3, 301));
        assertThat(one.backlog().tail()).as(when).isEqualTo(Frames.request(5, 302).slice(0, 100));
        assertThat(one.isConsumed()).as(when).isTrue();
        var two = journal.open(TWO, true);
        assertThat(two.backlog().requests())
                .as(when)
                .extracting(Backlog.Request::frame)
                .containsExactly(Frames.request(1, 303));
        assertThat(two.isConsumed()).as(when).isFalse();
    }

    private static boolean isUsed(int at) {
        return at < 128 || (at >= JournalHeader.BYTES && at < JournalHeader.BYTES + 2000);
    }

    private static String reasonFor(JournalOpening opening) {
        return ((JournalOpening.Damaged) opening).reason();
    }

    /** Where in the file the last record begins. */
    private int lastRecord() throws IOException {
        try (var file = JournalFile.open(journals.file())) {
            var records = file.half().records();
            int last = 0;
            while (records.next()) {
                last = records.offset();
            }
            return JournalHeader.BYTES + last;
        } catch (DamagedJournalException e) {
            throw new AssertionError(e);
        }
    }

    private void change(Consumer<ByteBuffer> change) throws IOException {
        try (var file =
                FileChannel.open(
                        journals.file(), StandardOpenOption.READ, StandardOpenOption.WRITE)) {
            var memory = ByteBuffer.allocate((int) file.size()).order(ByteOrder.LITTLE_ENDIAN);
            file.read(memory);
            change.accept(memory.clear());
            file.write(memory.clear(), 0);
        }
    }

    private void mayBeUsedByUsOnly() throws IOException {
        Files.setPosixFilePermissions(
                journals.file(), PosixFilePermissions.fromString("rw-------"));
    }

    /** Until a write is refused. */
    private void fillUp() throws IOException {
        try (var file =
                FileChannel.open(
                        directory.resolve("filler"),
                        StandardOpenOption.CREATE,
                        StandardOpenOption.WRITE)) {
            while (true) {
                file.write(ByteBuffer.allocate(4096));
            }
        } catch (IOException e) {
            assertThat(e).hasMessageContaining("No space left");
        }
    }

    private interface Step {
        void run() throws IOException;
    }

    private void inTmpfs(String options, Step step) throws IOException {
        assumeTrue("root".equals(System.getProperty("user.name")), "mounting needs root");
        Mounts.mount("tmpfs", "tmpfs", directory, List.of(options));
        try {
            step.run();
        } finally {
            Mounts.detach(directory);
        }
    }

    private Journal fresh() {
        return ((JournalOpening.Fresh) journals.open(BYTES, OWNER)).journal();
    }

    private Journal continued() {
        return ((JournalOpening.Continued) journals.open(BYTES, OWNER)).journal();
    }

    /** Opens it, and closes it again unless it is continued. */
    private JournalOpening open() {
        var opening = journals.open(BYTES, OWNER);
        switch (opening) {
            case JournalOpening.Fresh(Journal journal) -> journal.close();
            case JournalOpening.Damaged(Journal journal, String _, Path _) -> journal.close();
            case JournalOpening.Outdated(Journal journal) -> journal.close();
            case JournalOpening.Continued _, JournalOpening.Unusable _ -> {}
        }
        return opening;
    }
}
