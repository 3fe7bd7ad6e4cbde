// SPDX-License-Identifier: Apache-2.0
package io.silica.ttrpc;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class FrameDecoderTest {
    private final FrameDecoder decoder = new FrameDecoder();

    /** What a frame was when it was decoded; its payload does not live longer. */
    private record Seen(int streamId, FrameType type, int flags, String payload) {}

    @Test
    void aFrameThatIsWholeIsDecoded() throws ProtocolException {
        assertThat(feed(frame(3, Frames.REQUEST, "payload")))
                .containsExactly(new Seen(3, FrameType.REQUEST, 0, "payload"));
    }

    @Test
    void severalFramesInOnePieceAreDecodedInOrder() throws ProtocolException {
        var bytes =
                Frames.concatenation(
                        List.of(frame(1, Frames.REQUEST, "a"), frame(3, Frames.DATA, "bc")));

        assertThat(feed(bytes))
                .containsExactly(
                        new Seen(1, FrameType.REQUEST, 0, "a"),
                        new Seen(3, FrameType.DATA, 0, "bc"));
    }

    @Test
    void aFrameSplitIntoSingleBytesIsAssembled() throws ProtocolException {
        assertThat(feedInPieces(frame(5, Frames.DATA, "payload"), 1))
                .containsExactly(new Seen(5, FrameType.DATA, 0, "payload"));
    }

    @Test
    void aFrameOfFourMebibytesSplitIntoSingleBytesIsAssembled() throws ProtocolException {
        var payload = "x".repeat(Frame.MAX_PAYLOAD_BYTES);

        assertThat(feedInPieces(frame(7, Frames.REQUEST, payload), 1))
                .containsExactly(new Seen(7, FrameType.REQUEST, 0, payload));
    }

    @Test
    void aFrameOfZeroLengthHasAnEmptyPayload() throws ProtocolException {
        assertThat(feed(frame(1, Frames.REQUEST, "")))
                .containsExactly(new Seen(1, FrameType.REQUEST, 0, ""));
    }

    @Test
    void flagsAreKeptAsTheyAre() throws ProtocolException {
        assertThat(feed(Frames.frame(1, Frames.DATA, 0xf5, new byte[0])))
                .containsExactly(new Seen(1, FrameType.DATA, 0xf5, ""));
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 4, 0x7f, 0xff})
    void aTypeThatHasNoMeaningIsUnrecognized(int type) throws ProtocolException {
        assertThat(feed(frame(1, type, "?")))
                .containsExactly(new Seen(1, FrameType.UNRECOGNIZED, 0, "?"));
    }

    @Test
    void aFrameOneByteTooLongIsReportedOnceAndSkipped() throws ProtocolException {
        var tooLong = frame(9, Frames.REQUEST, "x".repeat(Frame.MAX_PAYLOAD_BYTES + 1));
        var bytes = Frames.concatenation(List.of(tooLong, frame(11, Frames.REQUEST, "next")));

        assertThat(decoder.next(bytes))
                .isEqualTo(new Inbound.Oversized(9, Frame.MAX_PAYLOAD_BYTES + 1));
        assertThat(feed(bytes)).containsExactly(new Seen(11, FrameType.REQUEST, 0, "next"));
    }

    @ParameterizedTest
    @ValueSource(ints = {1 << 24, Integer.MAX_VALUE, -1, 0x47455420})
    void aLengthThatNoFrameHasIsNotTtrpc(int length) {
        assertThatThrownBy(() -> decoder.next(Frames.header(length, 1, Frames.REQUEST)))
                .isInstanceOf(ProtocolException.class)
                .hasMessageContaining(Integer.toUnsignedString(length));
    }

    @Test
    void aHalfFrameIsNoFrame() throws ProtocolException {
        var frame = frame(1, Frames.REQUEST, "payload");

        assertThat(feed(frame.slice(0, frame.limit() - 1))).isEmpty();
        assertThat(feed(frame.slice(0, 0))).isEmpty();
    }

    @Test
    void anyFragmentationGivesTheSameFrames() throws ProtocolException {
        long seed = Long.getLong("silica.seed", System.nanoTime());
        var random = new Random(seed);
        var frames = new ArrayList<ByteBuffer>();
        var expected = new ArrayList<Seen>();
        for (int id = 1; id < 400; id += 2) {
            var payload = "y".repeat(random.nextInt(random.nextInt(10) == 0 ? 20_000 : 100));
            frames.add(frame(id, Frames.DATA, payload));
            expected.add(new Seen(id, FrameType.DATA, 0, payload));
        }
        var bytes = Frames.concatenation(frames);

        var seen = new ArrayList<Seen>();
        while (bytes.hasRemaining()) {
            int piece = Math.min(bytes.remaining(), 1 + random.nextInt(9000));
            seen.addAll(feed(bytes.slice(bytes.position(), piece)));
            bytes.position(bytes.position() + piece);
        }

        assertThat(seen).as("seed %d", seed).isEqualTo(expected);
    }

    private static ByteBuffer frame(int streamId, int type, String payload) {
        return Frames.frame(streamId, type, 0, payload.getBytes(US_ASCII));
    }

    private List<Seen> feedInPieces(ByteBuffer bytes, int size) throws ProtocolException {
        var seen = new ArrayList<Seen>();
        for (int at = 0; at < bytes.limit(); at += size) {
            seen.addAll(feed(bytes.slice(at, Math.min(size, bytes.limit() - at))));
        }
        return seen;
    }

    private List<Seen> feed(ByteBuffer bytes) throws ProtocolException {
        var seen = new ArrayList<Seen>();
        for (var inbound = decoder.next(bytes); inbound != null; inbound = decoder.next(bytes)) {
            var frame = (Frame) inbound;
            var payload = US_ASCII.decode(frame.payload()).toString();
            seen.add(new Seen(frame.streamId(), frame.type(), frame.flags(), payload));
        }
        return seen;
    }
}
