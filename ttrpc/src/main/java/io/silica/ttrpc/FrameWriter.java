// SPDX-License-Identifier: Apache-2.0
package io.silica.ttrpc;

import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.WritableByteChannel;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Writes whole frames to a channel, in the order taken, on a thread of its own.
 *
 * <p>The thread is there because an interrupt in the middle of a write closes an NIO channel: a
 * caller that gives up must not take the connection of all the others with it.
 */
final class FrameWriter implements Closeable {
    private final WritableByteChannel channel;
    private final int mark;
    private final Runnable onRoom;
    private final Runnable onEmpty;
    private final Consumer<IOException> onFailure;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private final Deque<ByteBuffer> frames = new ArrayDeque<>();
    private final Thread thread;
    private long unwritten;
    private boolean closed;

    /**
     * @param mark there is room while fewer bytes than this are unwritten
     * @param onRoom called on the writer's thread each time that there is room again
     * @param onEmpty called on the writer's thread each time that everything taken is written
     * @param onFailure called once, on the writer's thread, if the channel fails
     */
    FrameWriter(
            String name,
            WritableByteChannel channel,
            int mark,
            Runnable onRoom,
            Runnable onEmpty,
            Consumer<IOException> onFailure) {
        this.channel = channel;
        this.mark = mark;
        this.onRoom = onRoom;
        this.onEmpty = onEmpty;
        this.onFailure = onFailure;
        this.thread = Thread.ofVirtual().name(name + "-writer").start(this::run);
    }

    /** Takes a frame whether or not there is room; drops it when closed. */
    void send(ByteBuffer frame) {
        lock.lock();
        try {
            if (!closed) {
                frames.add(frame);
                unwritten += frame.remaining();
                changed.signalAll();
            }
        } finally {
            lock.unlock();
        }
    }

    /** Whether everything taken is written. */
    boolean isEmpty() {
        lock.lock();
        try {
            return unwritten == 0;
        } finally {
            lock.unlock();
        }
    }

    boolean hasRoom() {
        lock.lock();
        try {
            return unwritten < mark;
        } finally {
            lock.unlock();
        }
    }

    /** Returns whether there was room, or the writer closed, before the deadline. */
    boolean awaitRoom(Deadline deadline) throws InterruptedException {
        lock.lock();
        try {
            while (unwritten >= mark && !deadline.passed()) {
                changed.await(deadline.remainingNanos(), TimeUnit.NANOSECONDS);
            }
            return unwritten < mark;
        } finally {
            lock.unlock();
        }
    }

    /** Drops what is unwritten. The channel stays open. */
    @Override
    public void close() {
        lock.lock();
        try {
            closed = true;
            frames.clear();
            unwritten = 0;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** After {@link #close} and the end of the channel. */
    void join() throws InterruptedException {
        thread.join();
    }

    private void run() {
        try {
            for (var frame = head(); frame != null; frame = head()) {
                int bytes = frame.remaining();
                while (frame.hasRemaining()) {
                    channel.write(frame);
                }
                written(bytes);
            }
        } catch (IOException e) {
            close();
            onFailure.accept(e);
        }
    }

    private @Nullable ByteBuffer head() {
        lock.lock();
        try {
            while (frames.isEmpty() && !closed) {
                changed.awaitUninterruptibly();
            }
            return frames.poll();
        } finally {
            lock.unlock();
        }
    }

    private void written(int bytes) {
        if (roomAfter(bytes)) {
            onRoom.run();
        }
        if (isEmpty()) {
            onEmpty.run();
        }
    }

    private boolean roomAfter(int bytes) {
        lock.lock();
        try {
            boolean hadRoom = unwritten < mark;
            unwritten = Math.max(0, unwritten - bytes);
            changed.signalAll();
            return !hadRoom && unwritten < mark;
        } finally {
            lock.unlock();
        }
    }
}
