// SPDX-License-Identifier: Apache-2.0
package io.silica.ttrpc;

import com.google.protobuf.ByteString;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * The messages of one stream that have come and were not taken, and then how it ended. The reader
 * of the connection puts them in and asks whether to go on; it is never refused. Thread safe.
 */
final class Inbox {
    /** What a message costs beside its bytes: an endless row of empty ones is bounded, too. */
    private static final int MESSAGE_BYTES = 64;

    private final int mark;
    private final Runnable onRoom;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private final Deque<ByteString> messages = new ArrayDeque<>();
    private long bytes;
    private long taken;
    private boolean over;
    private @Nullable TtrpcException failure;

    /**
     * @param mark it is full when it has so many bytes or more
     * @param onRoom called each time that it is no longer full, on the thread that took something
     *     or ended it
     */
    Inbox(int mark, Runnable onRoom) {
        this.mark = mark;
        this.onRoom = onRoom;
    }

    /**
     * A message has come; dropped if it is over.
     *
     * @param payload copied
     */
    void add(ByteBuffer payload) {
        lock.lock();
        try {
            if (!over) {
                messages.add(ByteString.copyFrom(payload));
                bytes += MESSAGE_BYTES + messages.getLast().size();
                changed.signalAll();
            }
        } finally {
            lock.unlock();
        }
    }

    /** No more will come. */
    void end() {
        end(null, false);
    }

    /** No more will come, which is a failure; it is told after what has come before. */
    void fail(TtrpcException cause) {
        end(cause, false);
    }

    /** The same, and what has come is dropped. */
    void drop(TtrpcException cause) {
        end(cause, true);
    }

    /** Whether to read on. Not full any more once it is over. */
    boolean isFull() {
        lock.lock();
        try {
            return full();
        } finally {
            lock.unlock();
        }
    }

    /** Whether it has ended, be there something to take or not. */
    boolean isOver() {
        lock.lock();
        try {
            return over;
        } finally {
            lock.unlock();
        }
    }

    /** How it failed; null if it goes on or ended well. */
    @Nullable TtrpcException failure() {
        lock.lock();
        try {
            return failure;
        } finally {
            lock.unlock();
        }
    }

    /** How many messages were taken so far. */
    long taken() {
        lock.lock();
        try {
            return taken;
        } finally {
            lock.unlock();
        }
    }

    /**
     * Waits for the next message.
     *
     * @return null at the end
     * @throws TtrpcException as which it failed
     */
    @Nullable ByteString take(Deadline deadline) throws InterruptedException, TimeoutException {
        boolean wasFull;
        boolean isFull;
        ByteString message;
        lock.lockInterruptibly();
        try {
            await(deadline);
            wasFull = full();
            message = next();
            isFull = full();
        } finally {
            lock.unlock();
        }
        if (wasFull && !isFull) {
            onRoom.run();
        }
        return message;
    }

    /**
     * Waits until it is not full.
     *
     * @return false if nothing was taken for so long
     */
    boolean awaitRoom(long nanos) throws InterruptedException {
        lock.lockInterruptibly();
        try {
            long seen = taken;
            for (long left = nanos; full() && left > 0; ) {
                left = changed.awaitNanos(left);
                left = taken == seen ? left : nanos;
                seen = taken;
            }
            return !full();
        } finally {
            lock.unlock();
        }
    }

    private void await(Deadline deadline) throws InterruptedException, TimeoutException {
        while (messages.isEmpty() && !over) {
            if (!deadline.exists()) {
                changed.await();
            } else if (!changed.await(deadline.remainingNanos(), TimeUnit.NANOSECONDS)) {
                throw new TimeoutException();
            }
        }
    }

    private @Nullable ByteString next() {
        var message = messages.poll();
        if (message != null) {
            bytes -= MESSAGE_BYTES + message.size();
            taken++;
            changed.signalAll();
        } else if (failure != null) {
            throw new TtrpcException(failure.status(), failure);
        }
        return message;
    }

    private boolean full() {
        return bytes >= mark && !over;
    }

    private void end(@Nullable TtrpcException cause, boolean drops) {
        boolean wasFull;
        lock.lock();
        try {
            wasFull = full();
            boolean tells = failure == null && (drops || !over);
            failure = tells ? cause : failure;
            over = true;
            if (drops) {
                messages.clear();
                bytes = 0;
            }
            changed.signalAll();
        } finally {
            lock.unlock();
        }
        if (wasFull) {
            onRoom.run();
        }
    }
}
