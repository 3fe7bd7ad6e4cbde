// SPDX-License-Identifier: Apache-2.0
package io.silica.ctl.journal;

import io.silica.ttrpc.FrameScanner;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A connection, as its records tell of it: the daemon's {@code TrackedConnection} to look at. Not
 * thread safe.
 */
final class KeptConnection {
    private static final int HEADER_BYTES = FrameScanner.LEAST_FRAME_BYTES;

    /** What the daemon charges for a connection alone. */
    private static final int BASE_COST = 2 * RecordCursor.size(0) + RecordCursor.size(HEADER_BYTES);

    private final long id;
    private final FrameScanner scanner;
    private final Map<Integer, RequestReport> open = new LinkedHashMap<>();
    private final ByteArrayOutputStream tail = new ByteArrayOutputStream();
    private final boolean sentInPart;
    private boolean consumed;

    KeptConnection(RecordCursor begin) {
        this.id = begin.connection();
        this.scanner = new FrameScanner(begin.stream(), begin.toSkip());
        this.sentInPart = begin.isSentInPart();
        this.consumed = begin.isConsumed();
    }

    /** Takes bytes that were read from it. */
    void takeChunk(RecordCursor record) {
        take(record);
        consumed = record.isConsumed();
    }

    /** Takes bytes that came. */
    void take(RecordCursor record) {
        var view = record.payload();
        while (view.hasRemaining()) {
            int from = view.position();
            boolean ended = scanner.advance(view);
            keep(bytes(view.slice(from, view.position() - from)));
            if (ended) {
                endFrame(record.time());
            }
        }
    }

    private void keep(byte[] piece) {
        if (scanner.isTooLong()) {
            tail.reset();
        } else if (scanner.isTtrpc()) {
            tail.writeBytes(piece);
        } else {
            tail.write(piece, 0, Math.min(piece.length, Math.max(0, HEADER_BYTES - tail.size())));
        }
    }

    /** A copy, which does not change when the daemon writes over it. */
    private static byte[] bytes(ByteBuffer view) {
        byte[] bytes = new byte[view.remaining()];
        view.get(bytes);
        return bytes;
    }

    private void endFrame(long time) {
        if (scanner.beginsCall()) {
            add(scanner.streamId(), time, tail.toByteArray());
        }
        tail.reset();
    }

    /** Takes a request from a half before. */
    void takeRequest(RecordCursor record) throws Damage {
        byte[] bytes = bytes(record.payload());
        var frame = ByteBuffer.wrap(bytes);
        record.require(
                bytes.length >= HEADER_BYTES
                        && frame.getInt(0) == bytes.length - HEADER_BYTES
                        && frame.getInt(4) == record.stream(),
                "holds no whole request");
        add(record.stream(), record.time(), bytes);
    }

    private void add(int stream, long time, byte[] frame) {
        var content =
                RequestContent.of(
                        ByteBuffer.wrap(frame, HEADER_BYTES, frame.length - HEADER_BYTES));
        open.put(
                stream,
                new RequestReport(Integer.toUnsignedLong(stream), time, frame.length, content));
    }

    /** Forgets a request; false if there is none. */
    boolean answer(int stream) {
        return open.remove(stream) != null;
    }

    /** What it takes of a half until it is done with, as the daemon counts. */
    long cost() {
        return BASE_COST
                + tailCost()
                + open.values().stream().mapToLong(r -> cost(r.bytes())).sum();
    }

    private long tailCost() {
        boolean known = tail.size() > 0 && scanner.headerSeen() && scanner.isTtrpc();
        return known ? cost(scanner.frameBytes()) : 0;
    }

    private static long cost(int frameBytes) {
        return (long) RecordCursor.size(frameBytes) + RecordCursor.size(0);
    }

    ConnectionReport report() {
        return new ConnectionReport(
                id,
                consumed,
                sentInPart,
                tail.size(),
                scanner.isTooLong() ? scanner.toCome() : 0,
                List.copyOf(open.values()));
    }
}
