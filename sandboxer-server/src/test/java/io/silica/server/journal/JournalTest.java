// SPDX-License-Identifier: Apache-2.0
package io.silica.server.journal;

import static org.assertj.core.api.Assertions.assertThat;

import io.silica.server.transport.ConnectionJournal;
import io.silica.ttrpc.Backlog;
import io.silica.ttrpc.ConnectionId;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.RepetitionInfo;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class JournalTest {
    private static final long SEED = Long.getLong("silica.seed", System.nanoTime());
    private static final long BYTES = 1L << 20;
    private static final JournalOwner OWNER = JournalOwner.now("0".repeat(32));
    private static final ConnectionId ONE = new ConnectionId(1);
    private static final ConnectionId TWO = new ConnectionId(1L << 40);

    @TempDir private Path directory;
    private Journal journal;

    @BeforeEach
    void fresh() {
        journal = ((JournalOpening.Fresh) opening()).journal();
    }

    @AfterEach
    void close() {
        journal.close();
    }

    @Test
    void aRequestWithoutAnAnswerIsThereInTheNextLife() {
        var request = Frames.request(1, 100);
        read(journal.open(ONE, false), request);

        var backlog = nextLife().open(ONE, true).backlog();

        assertThat(backlog.lastStreamId()).isOne();
        assertThat(backlog.requests()).extracting(Backlog.Request::frame).containsExactly(request);
        assertThat(backlog.requests().getFirst().ageNanos()).isBetween(0L, 60_000_000_000L);
        assertThat(backlog.tail().hasRemaining()).isFalse();
        assertThat(journal.replayed()).isOne();
        assertThat(journal.lost()).isZero();
    }

    @Test
    void anAnsweredRequestIsForgottenButNotItsStreamId() {
        var one = journal.open(ONE, false);
        read(one, Frames.join(Frames.request(1, 10), Frames.request(3, 10), Frames.request(5, 0)));
        one.answered(1);
        one.answered(5);

        var backlog = nextLife().open(ONE, true).backlog();

        assertThat(backlog.lastStreamId()).isEqualTo(5);
        assertThat(backlog.requests())
                .extracting(Backlog.Request::frame)
                .containsExactly(Frames.request(3, 10));
    }

    @Test
    void connectionsAreKeptApart() {
        var one = journal.open(ONE, false);
        var two = journal.open(TWO, false);
        read(one, Frames.request(1, 10).slice(0, 15));
        read(two, Frames.request(1, 20));
        one.answered(1);

        nextLife();

        assertThat(journal.open(ONE, true).backlog().tail().remaining()).isEqualTo(15);
        assertThat(journal.open(TWO, true).backlog().requests()).hasSize(1);
    }

    @Test
    void aFrameInPiecesIsWholeAgain() {
        var frame = Frames.request(7, 1000);
        var one = journal.open(ONE, false);
        for (int i = 0; i < frame.limit() - 1; i++) {
            read(one, frame.slice(i, 1));
        }
        nextLife();
        var again = journal.open(ONE, true);
        assertThat(again.backlog().tail()).isEqualTo(frame.slice(0, frame.limit() - 1));
        assertThat(again.backlog().lastStreamId()).isZero();

        read(again, frame.slice(frame.limit() - 1, 1));

        nextLife();
        assertThat(journal.open(ONE, true).backlog().requests())
                .extracting(Backlog.Request::frame)
                .containsExactly(frame);
    }

    @Test
    void framesThatBeginNoCallLeaveNothing() {
        read(
                journal.open(ONE, false),
                Frames.join(Frames.data(1, 10), Frames.request(2, 10), Frames.data(3, 0)));

        var backlog = nextLife().open(ONE, true).backlog();

        assertThat(backlog.requests()).isEmpty();
        assertThat(backlog.lastStreamId()).isZero();
        assertThat(journal.bytes()).isEqualTo(TrackedConnection.BASE_COST);
    }

    @Test
    void ofAPayloadThatIsTooLongOnlyIsKeptHowMuchIsToCome() {
        var one = journal.open(ONE, false);
        int length = (4 << 20) + 1;
        read(one, Frames.header(1, length));
        read(one, ByteBuffer.allocate(1000));

        var backlog = nextLife().open(ONE, true).backlog();

        assertThat(backlog.toSkip()).isEqualTo(length - 1000);
        assertThat(backlog.tail().hasRemaining()).isFalse();
    }

    @Test
    void ofWhatIsNotTtrpcAsMuchIsKeptAsShowsThat() {
        var one = journal.open(ONE, false);
        read(one, Frames.header(1, -1));
        read(one, ByteBuffer.allocate(1000));

        assertThat(nextLife().open(ONE, true).backlog().tail().remaining()).isEqualTo(10);
        assertThat(journal.bytes()).isEqualTo(TrackedConnection.BASE_COST);
    }

    @Test
    void whatIsNotKnownToBeConsumedStaysSoInTheNextLifeAndInTheOtherHalf() {
        var one = journal.open(ONE, false);
        assertThat(one.isConsumed()).isTrue();
        one.append(Frames.request(1, 10));
        assertThat(one.isConsumed()).isFalse();

        nextLife();
        assertThat(journal.open(ONE, true).isConsumed()).isFalse();
        journal.passTo(OWNER);
        assertThat(journal.turns()).isOne();
        assertThat(journal.open(ONE, true).isConsumed()).isFalse();
        journal.open(ONE, true).consumed();

        assertThat(nextLife().open(ONE, true).isConsumed()).isTrue();
    }

    @Test
    void anAnswerThatWasSentInPartIsKnownInTheNextLifeAndCounted() {
        journal.open(ONE, false).sentInPart(true);
        var two = journal.open(TWO, false);
        two.sentInPart(true);
        two.sentInPart(false);
        journal.passTo(OWNER);

        nextLife();

        assertThat(journal.open(ONE, true).isWhole()).isFalse();
        assertThat(journal.open(TWO, true).isWhole()).isTrue();
        assertThat(journal.lost()).isOne();
    }

    @Test
    void aConnectionThatWasReadFromAndIsNotKnownIsCountedAsLost() {
        assertThat(journal.open(ONE, true).isWhole()).isFalse();
        assertThat(journal.open(TWO, false).isWhole()).isTrue();
        assertThat(journal.lost()).isOne();
    }

    @Test
    void aClosedConnectionIsForgottenAndSoAreThoseThatNobodyHolds() {
        var one = journal.open(ONE, false);
        read(one, Frames.request(1, 10));
        read(journal.open(TWO, false), Frames.request(1, 10));
        one.closed();
        one.answered(1);

        nextLife();
        assertThat(journal.bytes()).isPositive();
        journal.keepOnly(Set.of(ONE));

        assertThat(journal.bytes()).isZero();
        nextLife();
        assertThat(journal.bytes()).isZero();
    }

    @Test
    void aClosedJournalIsLeftAlone() {
        var one = journal.open(ONE, false);
        read(one, Frames.request(1, 10));
        journal.close();

        one.answered(1);
        one.consumed();
        one.closed();
        one.sentInPart(true);

        assertThat(nextLife().open(ONE, true).backlog().requests()).hasSize(1);
    }

    @Test
    void anotherHolderOrBootMakesItOutdated() {
        read(journal.open(ONE, false), Frames.request(1, 10));
        journal.close();

        var opening = opening(new JournalOwner(OWNER.boot(), "1".repeat(32)));

        assertThat(opening).isInstanceOf(JournalOpening.Outdated.class);
        journal = ((JournalOpening.Outdated) opening).journal();
        assertThat(journal.bytes()).isZero();
        journal.close();
        assertThat(opening(new JournalOwner("1".repeat(32), "1".repeat(32))))
                .isInstanceOfSatisfying(
                        JournalOpening.Outdated.class, outdated -> outdated.journal().close());
    }

    @Test
    void itCanBePassedToAnotherHolder() {
        read(journal.open(ONE, false), Frames.request(1, 10));
        var other = new JournalOwner(OWNER.boot(), "a".repeat(32));

        journal.passTo(other);

        journal.close();
        journal = ((JournalOpening.Continued) opening(other)).journal();
        assertThat(journal.open(ONE, true).backlog().requests()).hasSize(1);
    }

    @ParameterizedTest
    @ValueSource(longs = {1L << 17, 1L << 22})
    void aSizeThatIsConfiguredAnewIsTakenIfWhatThereIsFits(long bytes) {
        var frame = Frames.request(1, 1000);
        read(journal.open(ONE, false), frame);
        journal.close();

        journal =
                ((JournalOpening.Continued) new JournalDirectory(directory).open(bytes, OWNER))
                        .journal();

        assertThat(journal.capacity()).isBetween(bytes / 2 - 8192, bytes / 2);
        assertThat(journal.open(ONE, true).backlog().requests())
                .extracting(Backlog.Request::frame)
                .containsExactly(frame);
        read(journal.open(ONE, true), Frames.request(3, 10));
        journal.close();
        journal =
                ((JournalOpening.Continued) new JournalDirectory(directory).open(bytes, OWNER))
                        .journal();
        assertThat(journal.open(ONE, true).backlog().requests()).hasSize(2);
    }

    @Test
    void whenItIsNearlyFullNoMoreContainersAreToBeMadeThenNoLongFramesThenNone() {
        var one = journal.open(ONE, false);
        var two = journal.open(TWO, false);
        var woken = new AtomicInteger();
        int stream = 1;
        assertThat(journal.hasRoomForMore()).isTrue();
        while (journal.hasRoomForMore()) {
            read(one, Frames.request(stream, 2000));
            stream += 2;
        }
        assertThat(journal.bytes()).isCloseTo(journal.capacity() / 2, within(3000));
        var beginning = Frames.header(1, (int) journal.capacity() / 5);
        assertThat(two.fit(beginning, woken::incrementAndGet)).isZero();

        while (fits(one, Frames.request(stream, 2000), woken)) {
            read(one, Frames.request(stream, 2000));
            stream += 2;
        }

        assertThat(journal.bytes()).isCloseTo(journal.capacity() / 4 * 3, within(3000));
        assertThat(woken).hasValue(0);
        assertThat(two.fit(Frames.request(1, 10).slice(0, 9), () -> {})).isEqualTo(9);
        for (int i = 1; i < stream; i += 2) {
            one.answered(i);
        }
        assertThat(woken).hasValue(2);
        assertThat(two.fit(beginning, () -> {})).isEqualTo(beginning.remaining());
        assertThat(journal.hasRoomForMore()).isTrue();
    }

    @Test
    void whatFitsInPartFitsToTheEndOfAFrame() {
        var one = journal.open(ONE, false);
        var small = Frames.request(1, 10);
        var large = Frames.header(3, (int) journal.capacity() / 4 * 3);

        assertThat(one.fit(Frames.join(small, large), () -> {})).isEqualTo(small.remaining());
        assertThat(one.fit(large, () -> {})).isZero();
    }

    @Test
    void aFrameThatWasLetInIsReadToItsEndWhateverOthersDo() {
        var one = journal.open(ONE, false);
        var frame = Frames.request(1, (int) journal.capacity() / 2);
        read(one, frame.slice(0, 100));
        var two = journal.open(TWO, false);
        for (int stream = 1; fits(two, Frames.request(stream, 500), new AtomicInteger()); ) {
            read(two, Frames.request(stream, 500));
            stream += 2;
        }

        for (int at = 100; at < frame.limit(); at += 77) {
            read(one, frame.slice(at, Math.min(77, frame.limit() - at)));
        }

        assertThat(journal.turns()).isPositive();
        assertThat(nextLife().open(ONE, true).backlog().requests())
                .extracting(Backlog.Request::frame)
                .containsExactly(frame);
    }

    /** Beside a model that keeps everything. */
    @RepeatedTest(10)
    void whateverHappensTheNextLifeKnowsWhatMatters(RepetitionInfo repetition) {
        long seed = SEED + repetition.getCurrentRepetition();
        var random = new Random(seed);
        var model = new TreeMap<Long, ModelConnection>();
        for (int i = 0; i < 4000; i++) {
            long id = random.nextLong(1, 21);
            var connection = model.computeIfAbsent(id, _ -> new ModelConnection());
            var kept = journal.open(new ConnectionId(id), false);
            switch (random.nextInt(100)) {
                case 0 -> {
                    kept.closed();
                    model.remove(id);
                }
                case 1 -> nextLife();
                case 2 -> journal.passTo(OWNER);
                default -> {
                    if (random.nextBoolean()) {
                        connection.answerSome(kept, random);
                    } else {
                        connection.send(kept, random);
                    }
                }
            }
        }
        nextLife();
        model.forEach((id, connection) -> connection.check(journal, id, seed));
    }

    /** A client that sends frames in pieces, and what a server owes it. */
    private static final class ModelConnection {
        private final List<ByteBuffer> open = new ArrayList<>();
        private int nextStream = 1;
        private int sent;
        private ByteBuffer sending = ByteBuffer.allocate(0);

        private void send(ConnectionJournal kept, Random random) {
            if (!sending.hasRemaining()) {
                sending = Frames.request(nextStream, random.nextInt(random.nextInt(4000) + 1));
                sent = 0;
            }
            int length = Math.min(sending.remaining(), 1 + random.nextInt(2000));
            var piece = sending.slice(sent, length);
            if (kept.fit(piece, () -> {}) < length) {
                return;
            }
            read(kept, piece);
            sent += length;
            sending.position(sent);
            if (!sending.hasRemaining()) {
                open.add(sending.rewind());
                sending = ByteBuffer.allocate(0);
                nextStream += 2;
            }
        }

        private void answerSome(ConnectionJournal kept, Random random) {
            open.removeIf(frame -> {
                boolean answered = random.nextInt(3) > 0;
                if (answered) {
                    kept.answered(frame.getInt(4));
                }
                return answered;
            });
        }

        private void check(Journal journal, long id, long seed) {
            var backlog = journal.open(new ConnectionId(id), true).backlog();
            assertThat(backlog.requests())
                    .as("seed %d", seed)
                    .extracting(Backlog.Request::frame)
                    .isEqualTo(open);
            assertThat(backlog.tail()).as("seed %d", seed).isEqualTo(sending.duplicate().flip());
            assertThat(backlog.lastStreamId())
                    .as("seed %d", seed)
                    .isEqualTo(Math.max(0, nextStream - 2));
        }
    }

    private static boolean fits(ConnectionJournal kept, ByteBuffer frame, AtomicInteger woken) {
        return kept.fit(frame, woken::incrementAndGet) == frame.remaining();
    }

    private static void read(ConnectionJournal kept, ByteBuffer bytes) {
        assertThat(kept.fit(bytes, () -> {})).isEqualTo(bytes.remaining());
        kept.append(bytes);
        kept.consumed();
    }

    private static Offset<Long> within(long bytes) {
        return Offset.offset(bytes);
    }

    private Journal nextLife() {
        journal.close();
        journal = ((JournalOpening.Continued) opening()).journal();
        return journal;
    }

    private JournalOpening opening() {
        return opening(OWNER);
    }

    private JournalOpening opening(JournalOwner owner) {
        return new JournalDirectory(directory).open(BYTES, owner);
    }
}
