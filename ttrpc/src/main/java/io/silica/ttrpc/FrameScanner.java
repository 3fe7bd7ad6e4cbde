// SPDX-License-Identifier: Apache-2.0
package io.silica.ttrpc;

import java.nio.ByteBuffer;

/**
 * Finds the frames in what a client has sent, without keeping any of it: for those who keep the
 * bytes themselves and want to know which of them belong together. It judges a frame as {@link
 * ServerConnection} does.
 *
 * <p>Not thread safe: one reader feeds it.
 */
public final class FrameScanner {
    /** No frame is shorter. */
    public static final int LEAST_FRAME_BYTES = Frame.HEADER_BYTES;

    private final ByteBuffer header = ByteBuffer.allocate(Frame.HEADER_BYTES);
    private int lastStreamId;
    private int toCome;
    private boolean tooLong;
    private boolean beginsCall;
    private boolean isTtrpc = true;

    /**
     * A scanner that begins where a frame does.
     *
     * @param lastStreamId of the last call that was begun, unsigned; 0 if there was none
     * @param toSkip how many bytes are still to come of a payload that is too long
     */
    public FrameScanner(int lastStreamId, int toSkip) {
        this.lastStreamId = lastStreamId;
        this.toCome = toSkip;
        this.tooLong = toSkip > 0;
        header.position(tooLong ? Frame.HEADER_BYTES : 0);
    }

    /** Takes over where another scanner is, which stays as it is. */
    public void follow(FrameScanner other) {
        header.put(0, other.header, 0, Frame.HEADER_BYTES).position(other.header.position());
        lastStreamId = other.lastStreamId;
        toCome = other.toCome;
        tooLong = other.tooLong;
        beginsCall = other.beginsCall;
        isTtrpc = other.isTtrpc;
    }

    /**
     * Goes on to the end of the frame, or of the bytes if they end before it.
     *
     * @param bytes read from their position on; all of them once this cannot be ttrpc
     * @return whether the frame has ended; what the other methods say is about this frame until the
     *     next advance
     */
    public boolean advance(ByteBuffer bytes) {
        if (headerSeen() && toCome == 0) {
            beginFrame();
        }
        if (!headerSeen()) {
            readHeader(bytes);
        }
        int now = isTtrpc ? Math.min(toCome, bytes.remaining()) : bytes.remaining();
        bytes.position(bytes.position() + now);
        toCome -= isTtrpc ? now : 0;
        return headerSeen() && toCome == 0 && endFrame();
    }

    private void beginFrame() {
        header.clear();
        tooLong = false;
        beginsCall = false;
    }

    private void readHeader(ByteBuffer bytes) {
        int now = Math.min(header.remaining(), bytes.remaining());
        header.put(header.position(), bytes, bytes.position(), now);
        header.position(header.position() + now);
        bytes.position(bytes.position() + now);
        if (headerSeen()) {
            judge();
        }
    }

    private void judge() {
        isTtrpc = FrameDecoder.isTtrpc(payloadBytes());
        toCome = payloadBytes();
        tooLong = payloadBytes() > Frame.MAX_PAYLOAD_BYTES;
        beginsCall =
                isTtrpc
                        && !tooLong
                        && FrameType.ofNumber(header.get(8)) == FrameType.REQUEST
                        && StreamIds.isClients(streamId())
                        && Integer.compareUnsigned(streamId(), lastStreamId) > 0;
    }

    private boolean endFrame() {
        lastStreamId = beginsCall ? streamId() : lastStreamId;
        return isTtrpc;
    }

    /** Whether its ten bytes of header have all been seen: only then is anything known of it. */
    public boolean headerSeen() {
        return !header.hasRemaining();
    }

    /** Its length with its header. */
    public int frameBytes() {
        return Frame.HEADER_BYTES + payloadBytes();
    }

    /** Unsigned. */
    public int streamId() {
        return header.getInt(4);
    }

    /** Whether it is a request that begins a call. */
    public boolean beginsCall() {
        return beginsCall;
    }

    /** Whether its payload is longer than allowed: a server skips it. */
    public boolean isTooLong() {
        return tooLong;
    }

    /** How much of its payload is still to come. */
    public int toCome() {
        return toCome;
    }

    /** Of the last call whose request has ended, unsigned; 0 if there is none. */
    public int lastStreamId() {
        return lastStreamId;
    }

    /** False from the first frame on that cannot be one. */
    public boolean isTtrpc() {
        return isTtrpc;
    }

    private int payloadBytes() {
        return header.getInt(0);
    }
}
