// SPDX-License-Identifier: Apache-2.0
package io.silica.ttrpc;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.RepetitionInfo;
import org.junit.jupiter.api.Test;

final class FrameScannerTest {
    private static final long SEED = Long.getLong("silica.seed", System.nanoTime());

    private final FrameScanner scanner = new FrameScanner(0, 0);

    /** A frame as the scanner has told of it. */
    private record Seen(int bytes, int streamId, boolean beginsCall) {}

    @RepeatedTest(20)
    void whateverThePiecesTheFramesAreThoseThatWereSent(RepetitionInfo repetition) {
        long seed = SEED + repetition.getCurrentRepetition();
        var random = new Random(seed);
        var sent = new ArrayList<ByteBuffer>();
        var expected = new ArrayList<Seen>();
        for (int i = 0; i < 50; i++) {
            var frame = Frames.frame(2 * i + 1, Frames.REQUEST, 0, new byte[random.nextInt(3000)]);
            sent.add(frame.duplicate());
            expected.add(new Seen(frame.remaining(), 2 * i + 1, true));
        }
        var stream = Frames.concatenation(sent);

        var seen = new ArrayList<Seen>();
        while (stream.hasRemaining()) {
            int length = Math.min(stream.remaining(), 1 + random.nextInt(4000));
            seen.addAll(scan(stream.slice(stream.position(), length)));
            stream.position(stream.position() + length);
        }

        assertThat(seen).as("seed %d", seed).isEqualTo(expected);
        assertThat(scanner.lastStreamId()).isEqualTo(99);
    }

    @Test
    void onlyARequestOfAClientsNextStreamBeginsACall() {
        var seen =
                scan(
                        Frames.concatenation(
                                List.of(
                                        Frames.frame(5, Frames.REQUEST, 0, new byte[3]),
                                        Frames.frame(5, Frames.DATA, 0, new byte[3]),
                                        Frames.frame(5, Frames.REQUEST, 0, new byte[3]),
                                        Frames.frame(3, Frames.REQUEST, 0, new byte[3]),
                                        Frames.frame(8, Frames.REQUEST, 0, new byte[3]),
                                        Frames.frame(-1, Frames.REQUEST, 0, new byte[0]))));

        assertThat(seen)
                .extracting(Seen::beginsCall)
                .containsExactly(true, false, false, false, false, true);
        assertThat(scanner.lastStreamId()).isEqualTo(-1);
    }

    @Test
    void aPayloadThatIsTooLongIsSkippedAlsoFromItsMiddleOn() {
        int length = Frame.MAX_PAYLOAD_BYTES + 1;
        assertThat(scanner.advance(Frames.header(length, 1, Frames.REQUEST))).isFalse();
        assertThat(scanner.isTooLong()).isTrue();
        assertThat(scanner.toCome()).isEqualTo(length);

        var rest = new FrameScanner(0, 5);
        assertThat(rest.advance(ByteBuffer.allocate(4))).isFalse();
        assertThat(rest.isTooLong()).isTrue();
        assertThat(rest.advance(ByteBuffer.allocate(1))).isTrue();
        assertThat(rest.beginsCall()).isFalse();
        var next = Frames.call(1, "Echo", "next");
        assertThat(rest.advance(next.slice(0, 3))).isFalse();
        assertThat(rest.isTooLong()).isFalse();
        assertThat(rest.advance(next.slice(3, next.limit() - 3))).isTrue();
        assertThat(rest.beginsCall()).isTrue();
    }

    @Test
    void whatIsNotTtrpcHasNoFrames() {
        var garbage = Frames.header(-1, 1, Frames.REQUEST);
        assertThat(scanner.advance(garbage)).isFalse();
        assertThat(scanner.isTtrpc()).isFalse();

        var more = Frames.call(1, "Echo", "never seen");
        assertThat(scanner.advance(more)).isFalse();
        assertThat(more.hasRemaining()).isFalse();
    }

    @Test
    void aFollowerGoesOnByItself() {
        var frame = Frames.call(1, "Echo", "twice");
        scanner.advance(frame.slice(0, 7));
        var follower = new FrameScanner(0, 0);
        follower.follow(scanner);

        assertThat(follower.advance(frame.slice(7, frame.limit() - 7))).isTrue();
        assertThat(scanner.headerSeen()).isFalse();
        assertThat(scanner.advance(frame.slice(7, frame.limit() - 7))).isTrue();
        assertThat(scanner.streamId()).isOne();
    }

    private List<Seen> scan(ByteBuffer bytes) {
        var seen = new ArrayList<Seen>();
        while (bytes.hasRemaining()) {
            if (scanner.advance(bytes)) {
                seen.add(new Seen(scanner.frameBytes(), scanner.streamId(), scanner.beginsCall()));
            }
        }
        return seen;
    }
}
