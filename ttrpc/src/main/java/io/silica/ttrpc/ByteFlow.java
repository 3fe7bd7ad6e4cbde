// SPDX-License-Identifier: Apache-2.0
package io.silica.ttrpc;

import com.google.protobuf.ByteString;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.io.OutputStream;
import java.util.Objects;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Carries bytes both ways by the messages of a stream, as a connection does. Neither side is ever
 * further ahead than a window of what the other one's reader has taken: a direction that stands
 * still holds up neither the other one nor the calls beside it. It has memory for what is not read,
 * a window at most, in however small pieces that came.
 *
 * <p>One thread calls {@link #receive}, another may read and a third write; they block in Java.
 *
 * @param <M> message of either direction
 */
public final class ByteFlow<M> {
    /** Bytes of a message. */
    private static final int CHUNK = 32 << 10;

    /** Of its window, which a reader takes before it says so. */
    private static final int PART = 4;

    private final MessageSource<M> incoming;
    private final MessageSink<M> outgoing;
    private final Function<M, ByteFlowPart> reading;
    private final Function<ByteFlowPart, M> writing;
    private final int window;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private final ByteRing unread;
    private final InputStream input = new Incoming();
    private final OutputStream output = new Outgoing();
    private long taken;
    private long toldTaken;
    private long sent;
    private long acknowledged;
    private boolean ended;
    private @Nullable String broken;

    /**
     * @param incoming what the other side sends
     * @param outgoing to the other side
     * @param reading what a message says
     * @param writing a message that says it
     * @param window in bytes, the same on both sides
     */
    public ByteFlow(
            MessageSource<M> incoming,
            MessageSink<M> outgoing,
            Function<M, ByteFlowPart> reading,
            Function<ByteFlowPart, M> writing,
            int window) {
        this.incoming = incoming;
        this.outgoing = outgoing;
        this.reading = reading;
        this.writing = writing;
        this.window = window;
        this.unread = new ByteRing(window);
    }

    /** Takes what comes, until the other side has sent its last message. */
    public void receive() {
        try {
            for (var message : incoming) {
                accept(reading.apply(message));
            }
            broken("the other side is gone");
        } catch (TtrpcException | IOException e) {
            broken(String.valueOf(e.getMessage()));
        }
    }

    private void accept(ByteFlowPart part) throws IOException {
        var bytes = part.bytes();
        lock.lock();
        try {
            if (part.taken() > sent) {
                throw new IOException("more was taken than had been sent");
            }
            if (unread.size() + bytes.size() > window) {
                throw new IOException("more was sent than the window has room for");
            }
            if (ended && !bytes.isEmpty()) {
                throw new IOException("bytes were sent behind the end");
            }
            acknowledged = Math.max(acknowledged, part.taken());
            unread.add(bytes);
            ended |= part.end();
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** What was received can still be read. */
    private void broken(String why) {
        lock.lock();
        try {
            broken = why;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /**
     * What the other side writes. A read fails with an IOException when the other side has gone
     * without having ended, and with an InterruptedIOException if its thread is interrupted (it
     * stays so).
     */
    public InputStream input() {
        return input;
    }

    /** What the other side reads; a write fails in the same way. */
    public OutputStream output() {
        return output;
    }

    /** Says that there is no more; one that is gone need not be told. */
    public void end() {
        try {
            outgoing.send(writing.apply(ByteFlowPart.ofEnd()));
        } catch (TtrpcException _) {
            // Its call has ended.
        }
    }

    private void send(ByteFlowPart part) throws IOException {
        try {
            outgoing.send(writing.apply(part));
        } catch (TtrpcException e) {
            throw new IOException(e.getMessage(), e);
        }
    }

    /** Preconditions: the lock is held. */
    private void awaitUntil(BooleanSupplier condition) throws IOException {
        try {
            while (!condition.getAsBoolean()) {
                if (broken != null) {
                    throw new IOException(broken);
                }
                changed.await();
            }
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("interrupted while the other side does nothing");
        }
    }

    private final class Incoming extends InputStream {
        @Override
        public int read() throws IOException {
            var one = new byte[1];
            return read(one, 0, 1) < 0 ? -1 : Byte.toUnsignedInt(one[0]);
        }

        @Override
        public int read(byte[] to, int offset, int length) throws IOException {
            Objects.checkFromIndexSize(offset, length, to.length);
            if (length == 0) {
                return 0;
            }
            int count = take(to, offset, length);
            tell();
            return count;
        }

        private int take(byte[] to, int offset, int length) throws IOException {
            lock.lock();
            try {
                awaitUntil(() -> ended || !unread.isEmpty());
                if (unread.isEmpty()) {
                    return -1;
                }
                int count = unread.take(to, offset, length);
                taken += count;
                return count;
            } finally {
                lock.unlock();
            }
        }

        /** Not at each read: the other side is far from the end of its window. */
        private void tell() throws IOException {
            long now;
            lock.lock();
            try {
                if (taken - toldTaken < window / PART) {
                    return;
                }
                now = taken;
                toldTaken = taken;
            } finally {
                lock.unlock();
            }
            send(ByteFlowPart.ofTaken(now));
        }
    }

    private final class Outgoing extends OutputStream {
        @Override
        public void write(int one) throws IOException {
            write(new byte[] {(byte) one}, 0, 1);
        }

        @Override
        public void write(byte[] from, int offset, int length) throws IOException {
            Objects.checkFromIndexSize(offset, length, from.length);
            int next = offset;
            int end = offset + length;
            while (next < end) {
                int count = reserve(Math.min(CHUNK, end - next));
                send(ByteFlowPart.of(ByteString.copyFrom(from, next, count)));
                next += count;
            }
        }

        private int reserve(int wanted) throws IOException {
            lock.lock();
            try {
                awaitUntil(() -> sent - acknowledged < window);
                int count = (int) Math.min(wanted, window - (sent - acknowledged));
                sent += count;
                return count;
            } finally {
                lock.unlock();
            }
        }
    }
}
