// SPDX-License-Identifier: Apache-2.0
package io.silica.server.transport;

import io.silica.linux.LinuxException;
import io.silica.linux.UnixSocket;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.Deque;

/**
 * The frames that a connection has still to send, in order. Thread safe.
 *
 * <p>At any moment at most one thread sends: whoever brings a frame when nobody does. The others
 * leave theirs in the queue, and the sender takes all that are there with one call. What the socket
 * does not take waits for {@link #writable}.
 */
final class Outbox {
    /** The stream id of a frame that answers no call: no client gives it to one. */
    static final int NO_CALL = 0;

    private final UnixSocket socket;
    private final NativeBuffers buffers;
    private final int mark;
    private final Events events;
    private final Deque<Unsent> frames = new ArrayDeque<>();
    private long unsent;
    private boolean sending;
    private boolean full;
    private boolean writableAgain;
    private boolean inPart;
    private boolean closed;

    private record Unsent(int streamId, ByteBuffer frame, int bytes) {
        boolean isBegun() {
            return frame.remaining() < bytes;
        }
    }

    /** What a connection wants to know; on the thread that sends. */
    interface Events {
        /** The socket takes no more; {@link Outbox#writable} is waited for. */
        void full();

        /** There were as many unsent bytes as the mark or more, and now there are fewer. */
        void room();

        /** The socket has taken a whole frame. Called within the outbox. */
        void sent(int streamId);

        /** The socket has taken a frame in part, or now whole. Called within the outbox. */
        void sentInPart(boolean inPart);

        /** Nothing is unsent. */
        void empty();

        /** Nothing can be sent any more. Called at most once. */
        void failed(LinuxException cause);
    }

    Outbox(UnixSocket socket, NativeBuffers buffers, int mark, Events events) {
        this.socket = socket;
        this.buffers = buffers;
        this.mark = mark;
        this.events = events;
    }

    /**
     * Takes a whole frame and sends it if nobody else is sending.
     *
     * @param streamId of the call that it answers, or {@link #NO_CALL}
     */
    void add(int streamId, ByteBuffer frame) {
        if (enqueue(new Unsent(streamId, frame, frame.remaining()))) {
            send();
        }
    }

    /**
     * Keeps frames in the queue until {@link #release}, to send them together.
     *
     * @return whether to release: not if somebody is sending, who takes what comes
     */
    synchronized boolean hold() {
        if (sending) {
            return false;
        }
        sending = true;
        return true;
    }

    /** Sends what was added since {@link #hold} returned true. */
    void release() {
        send();
    }

    /** The socket has room again. */
    void writable() {
        if (beginAgain()) {
            send();
        }
    }

    synchronized boolean hasRoom() {
        return unsent < mark;
    }

    synchronized boolean isEmpty() {
        return frames.isEmpty();
    }

    /** Drops what is unsent and all that comes. */
    synchronized void close() {
        closed = true;
        if (!sending) {
            clear();
        }
    }

    private void clear() {
        frames.clear();
        unsent = 0;
    }

    private synchronized boolean enqueue(Unsent frame) {
        if (closed) {
            return false;
        }
        frames.add(frame);
        unsent += frame.bytes;
        if (sending || full) {
            return false;
        }
        sending = true;
        return true;
    }

    private synchronized boolean beginAgain() {
        full = false;
        writableAgain = sending;
        if (sending || frames.isEmpty()) {
            return false;
        }
        sending = true;
        return true;
    }

    private void send() {
        var buffer = buffers.take();
        try {
            while (hasMore()) {
                sendBatch(buffer);
            }
            if (isEmpty()) {
                events.empty();
            }
        } catch (LinuxException e) {
            fail(e);
        } finally {
            buffers.give(buffer);
        }
    }

    /** Otherwise this thread no longer sends. */
    private synchronized boolean hasMore() {
        if (closed) {
            clear();
        }
        sending = !frames.isEmpty() && !full;
        return sending;
    }

    private void sendBatch(MemorySegment buffer) {
        int first = firstBytes();
        if (first <= buffer.byteSize()) {
            send(buffer, copyInto(buffer));
            return;
        }
        try (var arena = Arena.ofConfined()) {
            var larger = arena.allocate(first);
            send(larger, copyInto(larger));
        }
    }

    private void send(MemorySegment batch, int bytes) {
        int taken = bytes == 0 ? 0 : socket.send(batch, 0, bytes);
        boolean room = sent(taken, bytes);
        if (taken < bytes) {
            events.full();
        }
        if (room) {
            events.room();
        }
    }

    private synchronized int firstBytes() {
        var first = frames.peek();
        return first == null ? 0 : first.frame.remaining();
    }

    /** Whole frames, as many as fit; the first has room for certain. */
    private synchronized int copyInto(MemorySegment batch) {
        int bytes = 0;
        for (var next : frames) {
            var frame = next.frame;
            if (bytes + frame.remaining() > batch.byteSize()) {
                break;
            }
            MemorySegment.copy(
                    MemorySegment.ofBuffer(frame),
                    ValueLayout.JAVA_BYTE,
                    0,
                    batch,
                    ValueLayout.JAVA_BYTE,
                    bytes,
                    frame.remaining());
            bytes += frame.remaining();
        }
        return bytes;
    }

    /** Returns whether there is room again. */
    private synchronized boolean sent(int taken, int offered) {
        // A short send means that the socket is full, unless it has told of room in the meantime.
        full = taken < offered && !writableAgain;
        writableAgain = false;
        boolean hadRoom = hasRoom();
        drop(taken);
        unsent -= taken;
        tellIfInPart();
        return !hadRoom && hasRoom();
    }

    private void drop(int taken) {
        int left = taken;
        for (var first = frames.peek(); first != null && left > 0; first = frames.peek()) {
            var frame = first.frame;
            int now = Math.min(left, frame.remaining());
            frame.position(frame.position() + now);
            left -= now;
            if (!frame.hasRemaining()) {
                frames.remove();
                events.sent(first.streamId);
            }
        }
    }

    private void tellIfInPart() {
        var first = frames.peek();
        boolean now = first != null && first.isBegun();
        if (now != inPart) {
            inPart = now;
            events.sentInPart(now);
        }
    }

    private void fail(LinuxException cause) {
        boolean wasClosed;
        synchronized (this) {
            wasClosed = closed;
            sending = false;
        }
        close();
        if (!wasClosed) {
            events.failed(cause);
        }
    }
}
