// SPDX-License-Identifier: Apache-2.0
package io.silica.ttrpc;

import java.nio.ByteBuffer;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Finds frames in a stream of bytes that arrives in pieces of any size.
 *
 * <p>A frame that lies whole within one piece is not copied: its payload is a view of the piece. A
 * frame in several pieces is put together in a buffer that grows with what has arrived, never with
 * what the header promises: a peer cannot make us reserve 4 MiB with ten bytes.
 *
 * <p>Not thread safe: one reader feeds it.
 */
final class FrameDecoder {
    private static final int FIRST_BUFFER_BYTES = 4096;

    /**
     * The first byte of a frame is reserved and zero; anything longer than this is not a frame at
     * all.
     */
    private static final int MAX_LENGTH = (1 << 24) - 1;

    private static final byte[] EMPTY = {};

    private final ByteBuffer header = ByteBuffer.allocate(Frame.HEADER_BYTES);
    private byte[] assembled = EMPTY;
    private int assembledBytes;
    private int toSkip;

    /** Decodes from the first byte of a stream on. */
    FrameDecoder() {
        this(0);
    }

    /** Decodes from the end of a payload on that is too long: so many of its bytes are to come. */
    FrameDecoder(int toSkip) {
        this.toSkip = toSkip;
    }

    /**
     * The next frame, or null if {@code bytes} is used up before its end. Call it until it answers
     * null.
     *
     * @param bytes what has arrived; read from its position on
     * @throws ProtocolException if this is not ttrpc; nothing further can be decoded
     */
    @Nullable Inbound next(ByteBuffer bytes) throws ProtocolException {
        skip(bytes);
        if (toSkip > 0 || !readHeader(bytes)) {
            return null;
        }
        int length = header.getInt(0);
        if (!isTtrpc(length)) {
            throw new ProtocolException(
                    "not a ttrpc frame: length %s".formatted(Integer.toUnsignedString(length)));
        }
        return length > Frame.MAX_PAYLOAD_BYTES ? oversized(length) : frame(bytes, length);
    }

    /** Whether a frame can have a payload of this length, be it one that has to be skipped. */
    static boolean isTtrpc(int length) {
        return length >= 0 && length <= MAX_LENGTH;
    }

    private void skip(ByteBuffer bytes) {
        int now = Math.min(toSkip, bytes.remaining());
        bytes.position(bytes.position() + now);
        toSkip -= now;
    }

    private boolean readHeader(ByteBuffer bytes) {
        int now = Math.min(header.remaining(), bytes.remaining());
        header.put(header.position(), bytes, bytes.position(), now);
        header.position(header.position() + now);
        bytes.position(bytes.position() + now);
        return !header.hasRemaining();
    }

    private Inbound oversized(int length) {
        toSkip = length;
        header.clear();
        return new Inbound.Oversized(header.getInt(4), length);
    }

    private @Nullable Inbound frame(ByteBuffer bytes, int length) {
        if (assembledBytes == 0 && bytes.remaining() >= length) {
            var payload = bytes.slice(bytes.position(), length);
            bytes.position(bytes.position() + length);
            return complete(payload);
        }
        assemble(bytes, length);
        return assembledBytes < length ? null : complete(takeAssembled());
    }

    private void assemble(ByteBuffer bytes, int length) {
        int now = Math.min(length - assembledBytes, bytes.remaining());
        int needed = assembledBytes + now;
        if (needed > assembled.length) {
            int grown = Math.max(FIRST_BUFFER_BYTES, Math.max(needed, assembled.length * 2));
            assembled = Arrays.copyOf(assembled, Math.min(length, grown));
        }
        bytes.get(assembled, assembledBytes, now);
        assembledBytes = needed;
    }

    private ByteBuffer takeAssembled() {
        var payload = ByteBuffer.wrap(assembled, 0, assembledBytes);
        assembled = EMPTY;
        assembledBytes = 0;
        return payload;
    }

    private Frame complete(ByteBuffer payload) {
        header.clear();
        return Frame.decode(header, payload);
    }
}
