// SPDX-License-Identifier: Apache-2.0
package io.silica.ttrpc;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import io.silica.ttrpc.wire.Response;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/**
 * Fuzz target: the bytes of a stranger. Whole or in pieces they have the same frames, for the
 * decoder and for the scanner, and nothing but the exceptions that are meant for it comes of them.
 *
 * <p>Input: the size of the pieces, then the bytes.
 */
public final class FrameDecoderFuzz {
    private FrameDecoderFuzz() {}

    private record Seen(int streamId, FrameType type, int flags, ByteString payload) {}

    /** What was found, and whether it ended because this cannot be ttrpc. */
    private record Found(List<Seen> frames, List<Inbound.Oversized> oversized, boolean isTtrpc) {}

    /** One input. */
    public static void fuzzerTestOneInput(byte[] input) {
        if (input.length == 0) {
            return;
        }
        var bytes = ByteBuffer.wrap(input, 1, input.length - 1).slice();
        var whole = decode(bytes, Math.max(1, bytes.remaining()));
        Fuzz.same("the frames", decode(bytes, 1 + (input[0] & 0xff)), whole);
        var lengths = whole.frames().stream().map(seen -> seen.payload().size()).toList();
        Fuzz.same("the scanned lengths", scan(bytes, 1 + (input[0] & 0xff)), lengths);
        whole.frames().forEach(FrameDecoderFuzz::read);
    }

    private static Found decode(ByteBuffer bytes, int piece) {
        var found = new Found(new ArrayList<>(), new ArrayList<>(), true);
        var decoder = new FrameDecoder();
        try {
            for (var part : Fuzz.pieces(bytes, piece)) {
                for (var next = decoder.next(part); next != null; next = decoder.next(part)) {
                    switch (next) {
                        case Frame frame -> found.frames().add(seen(frame));
                        case Inbound.Oversized oversized -> found.oversized().add(oversized);
                    }
                }
            }
            return found;
        } catch (ProtocolException e) {
            return new Found(found.frames(), found.oversized(), false);
        }
    }

    private static Seen seen(Frame frame) {
        var payload = ByteString.copyFrom(frame.payload().duplicate());
        return new Seen(frame.streamId(), frame.type(), frame.flags(), payload);
    }

    private static List<Integer> scan(ByteBuffer bytes, int piece) {
        var lengths = new ArrayList<Integer>();
        var scanner = new FrameScanner(0, 0);
        for (var part : Fuzz.pieces(bytes, piece)) {
            while (part.hasRemaining()) {
                if (scanner.advance(part)) {
                    lengths.add(scanner.frameBytes() - Frame.HEADER_BYTES);
                }
            }
        }
        return lengths;
    }

    private static void read(Seen seen) {
        try {
            var _ = RequestHead.parse(seen.payload().asReadOnlyByteBuffer(), 16);
        } catch (IOException | TtrpcException e) {
            // It is no request, or one that is refused.
        }
        try {
            var _ = Response.parseFrom(seen.payload());
        } catch (InvalidProtocolBufferException e) {
            // It is no response.
        }
    }
}
