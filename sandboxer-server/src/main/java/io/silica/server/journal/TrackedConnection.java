// SPDX-License-Identifier: Apache-2.0
package io.silica.server.journal;

import io.silica.ttrpc.Backlog;
import io.silica.ttrpc.FrameScanner;
import java.nio.ByteBuffer;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * What still matters of a connection: its requests without an answer, and the beginning of the
 * frame that is to be completed. Not thread safe.
 *
 * <p>Its cost is the room that all of that would take in an empty half, with what is still to come
 * of that frame and with the records that will say that it no longer matters. So what has been let
 * in once never lacks the room to be done with.
 */
final class TrackedConnection {
    /** What is left of bytes that cannot be ttrpc: enough to see that. */
    private static final int HEADER_BYTES = FrameScanner.LEAST_FRAME_BYTES;

    /** Its beginning, its end, and as much of a frame as does not yet say how long it is. */
    static final int BASE_COST = 2 * RecordLayout.size(0) + RecordLayout.size(HEADER_BYTES);

    private final long id;
    private final Ledger ledger;
    private final FrameScanner scanner;
    private final Map<Integer, OpenRequest> open = new LinkedHashMap<>();
    private Pieces tail = new Pieces();
    private long tailTime;
    private int tailCost;
    private int record;
    private int lastRead;

    /**
     * A connection whose next byte begins a frame, or is to be skipped.
     *
     * @param record where the journal says that it is kept
     */
    TrackedConnection(long id, int lastStreamId, int toSkip, int record, Ledger ledger) {
        this.id = id;
        this.ledger = ledger;
        this.scanner = new FrameScanner(lastStreamId, toSkip);
        this.record = record;
        this.lastRead = record;
        ledger.charge(BASE_COST);
        ledger.owe(1);
    }

    /** It matters no longer. */
    void end() {
        open.keySet().stream().toList().forEach(this::answer);
        ledger.charge(-BASE_COST - tailCost);
        ledger.owe(-1);
    }

    long id() {
        return id;
    }

    int openRequests() {
        return open.size();
    }

    /** Where the journal says that it is kept. */
    int record() {
        return record;
    }

    /** The record that says whether the bytes read last have left the socket. */
    int lastRead() {
        return lastRead;
    }

    /** The bytes read last stand in another record. */
    void lastRead(int read) {
        lastRead = read;
    }

    /**
     * How many of the bytes that came can be let in: all, or those before the first frame that is
     * too costly.
     *
     * @param trial of no further meaning
     * @param room tells what a frame may cost
     */
    int fit(ByteBuffer bytes, FrameScanner trial, Room room) {
        trial.follow(scanner);
        int paid = tailCost;
        int let = bytes.position();
        int added = 0;
        var view = bytes.duplicate();
        while (view.hasRemaining()) {
            boolean whole = trial.advance(view);
            int frame = paid > 0 ? 0 : cost(trial);
            if (frame > 0 && !room.allows(added + frame, whole)) {
                break;
            }
            added += frame;
            paid = whole ? 0 : paid + frame;
            let = view.position();
        }
        return let - bytes.position();
    }

    /** How many requests end in the bytes. */
    int countCalls(ByteBuffer bytes, FrameScanner trial) {
        trial.follow(scanner);
        int calls = 0;
        for (var view = bytes.duplicate(); view.hasRemaining(); ) {
            calls += trial.advance(view) && trial.beginsCall() ? 1 : 0;
        }
        return calls;
    }

    /** What may be let in. */
    @FunctionalInterface
    interface Room {
        /**
         * Whether it may be let in.
         *
         * @param cost of everything new up to and with this frame
         * @param whole whether the frame has come whole
         */
        boolean allows(int cost, boolean whole);
    }

    /**
     * Takes bytes that came.
     *
     * @param offset where they stand
     * @param time when they came
     */
    void take(ByteBuffer bytes, int offset, long time) {
        tailTime = time;
        var view = bytes.duplicate();
        while (view.hasRemaining()) {
            int from = view.position();
            boolean ended = scanner.advance(view);
            if (tailCost == 0) {
                tailCost = cost(scanner);
                ledger.charge(tailCost);
            }
            keep(offset + from - bytes.position(), view.position() - from);
            if (ended) {
                endFrame(time);
            }
        }
    }

    private void keep(int offset, int length) {
        if (scanner.isTooLong()) {
            tail.clear();
        } else if (scanner.isTtrpc()) {
            tail.add(offset, length);
        } else if (tail.bytes() < HEADER_BYTES) {
            tail.add(offset, Math.min(length, HEADER_BYTES - tail.bytes()));
        }
    }

    private void endFrame(long time) {
        if (scanner.beginsCall()) {
            open.put(scanner.streamId(), new OpenRequest(scanner.streamId(), time, tail));
            ledger.owe(1);
            tail = new Pieces();
        } else {
            ledger.charge(-tailCost);
            tail.clear();
        }
        tailCost = 0;
    }

    /** Takes a request from a half before. */
    void takeRequest(int stream, long time, int offset, int length) {
        var frame = new Pieces();
        frame.add(offset, length);
        open.put(stream, new OpenRequest(stream, time, frame));
        ledger.charge(costOf(length));
        ledger.owe(1);
    }

    /** Forgets a request; false if there is none. */
    boolean answer(int stream) {
        var request = open.remove(stream);
        if (request == null) {
            return false;
        }
        ledger.charge(-costOf(request.frame().bytes()));
        ledger.owe(-1);
        return true;
    }

    /** Writes what still matters to another half, which is where it stands from now on. */
    void move(Half from, Half to) {
        boolean consumed = from.isMarked(lastRead, RecordLayout.CONSUMED);
        boolean sentInPart = from.isMarked(record, RecordLayout.SENT_IN_PART);
        int toSkip = scanner.isTooLong() ? scanner.toCome() : 0;
        record =
                to.commit(
                        RecordKind.CONNECTION,
                        id,
                        0,
                        scanner.lastStreamId(),
                        toSkip,
                        consumed,
                        sentInPart);
        lastRead = record;
        for (var request : open.values()) {
            move(request.frame(), RecordKind.REQUEST, request.time(), request.stream(), from, to);
        }
        if (tail.bytes() > 0) {
            move(tail, RecordKind.PARTIAL, tailTime, 0, from, to);
        }
    }

    private void move(Pieces bytes, RecordKind kind, long time, int stream, Half from, Half to) {
        bytes.copy(from, to);
        int moved = to.commit(kind, id, time, stream, 0, true, false);
        bytes.become(moved + RecordLayout.HEAD_BYTES);
    }

    /** For the protocol, which begins where it ended. */
    Backlog backlog(Half half, long now) {
        return new Backlog(
                scanner.lastStreamId(),
                open.values().stream()
                        .map(request ->
                                new Backlog.Request(
                                        request.frame().read(half), now - request.time()))
                        .toList(),
                scanner.isTooLong() ? scanner.toCome() : 0,
                tail.read(half));
    }

    /** Of the frame that a scanner is in; 0 if it is not kept, or not known how long it is. */
    private static int cost(FrameScanner in) {
        boolean kept = in.headerSeen() && in.isTtrpc() && !in.isTooLong();
        return kept ? costOf(in.frameBytes()) : 0;
    }

    /** Of a request until it is answered. */
    private static int costOf(int frameBytes) {
        return RecordLayout.size(frameBytes) + RecordLayout.size(0);
    }
}
