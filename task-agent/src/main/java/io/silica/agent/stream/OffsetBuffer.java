// SPDX-License-Identifier: Apache-2.0
package io.silica.agent.stream;

import com.google.protobuf.ByteString;
import com.google.protobuf.UnsafeByteOperations;
import io.silica.sandbox.SandboxException;
import java.util.Arrays;
import java.util.Optional;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * The bytes of a stream from the first that was not acknowledged to the last that was written: at
 * most {@link #CAPACITY} of them. Who writes waits for room, who reads for bytes. What was
 * acknowledged is gone.
 *
 * <p>Safe for use by any thread; waits are in Java.
 */
public final class OffsetBuffer {
    /** How far a writer can be ahead of the acknowledgements, in bytes. */
    public static final int CAPACITY = 256 << 10;

    /** The longest chunk that is read at once, in bytes. */
    public static final int CHUNK = 32 << 10;

    private static final int SMALLEST = 4 << 10;

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private byte[] ring = new byte[0];
    private long begin;
    private long end;
    private boolean ended;
    private boolean abandoned;
    private long reader;

    /**
     * What was read.
     *
     * @param offset of its first byte
     * @param bytes at least one
     */
    public record Chunk(long offset, ByteString bytes) {
        /** Of the byte behind its last one. */
        public long end() {
            return offset + bytes.size();
        }
    }

    /**
     * Adds bytes at the end; waits while there is no room. If that is interrupted, those that
     * {@link #written} counts were added. Once abandoned, they are only counted.
     */
    public void append(byte[] bytes, int offset, int length) throws InterruptedException {
        lock.lockInterruptibly();
        try {
            for (int done = 0; done < length; ) {
                while (end - begin == CAPACITY && !abandoned) {
                    changed.await();
                }
                if (abandoned) {
                    end += length - done;
                    begin = end;
                    return;
                }
                int count = (int) Math.min(length - done, CAPACITY - (end - begin));
                put(bytes, offset + done, count);
                done += count;
                changed.signalAll();
            }
        } finally {
            lock.unlock();
        }
    }

    private void put(byte[] bytes, int offset, int length) {
        reserve((int) (end - begin) + length);
        int at = (int) (end % ring.length);
        int first = Math.min(length, ring.length - at);
        System.arraycopy(bytes, offset, ring, at, first);
        System.arraycopy(bytes, offset + first, ring, 0, length - first);
        end += length;
    }

    /** Most streams never have much: the ring grows as it must, by doubling. */
    private void reserve(int length) {
        if (length <= ring.length) {
            return;
        }
        int size = Math.max(ring.length, SMALLEST);
        while (size < length) {
            size *= 2;
        }
        var kept = copy(begin, (int) (end - begin));
        ring = new byte[size];
        for (int i = 0; i < kept.length; i++) {
            ring[(int) ((begin + i) % size)] = kept[i];
        }
    }

    private byte[] copy(long from, int length) {
        if (length == 0) {
            return new byte[0];
        }
        int at = (int) (from % ring.length);
        var bytes = Arrays.copyOfRange(ring, at, Math.min(ring.length, at + length));
        int first = bytes.length;
        if (first == length) {
            return bytes;
        }
        var all = Arrays.copyOf(bytes, length);
        System.arraycopy(ring, 0, all, first, length - first);
        return all;
    }

    /** Says that nothing more is written. Idempotent. */
    public void end() {
        lock.lock();
        try {
            ended = true;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** Drops everything, and what is yet written: nobody will ever read it. */
    public void abandon() {
        lock.lock();
        try {
            abandoned = true;
            ended = true;
            begin = end;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** How many bytes were written since the beginning. */
    public long written() {
        lock.lock();
        try {
            return end;
        } finally {
            lock.unlock();
        }
    }

    /**
     * Forgets the bytes before an offset; one that was acknowledged before is nothing new.
     *
     * @throws SandboxException.InvalidArgument if so much was never written
     */
    public void acknowledge(long offset) {
        lock.lock();
        try {
            if (offset > end) {
                throw new SandboxException.InvalidArgument(
                        "acknowledged are " + offset + " bytes, and written only " + end);
            }
            begin = Math.max(begin, offset);
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** Becomes the reader, from what was not acknowledged on; an earlier one fails from now on. */
    public Reader reader() {
        lock.lock();
        try {
            reader++;
            changed.signalAll();
            return new Reader(reader, begin);
        } finally {
            lock.unlock();
        }
    }

    /** Reads in order, without acknowledging. For one thread. */
    public final class Reader {
        private final long number;
        private long next;

        private Reader(long number, long next) {
            this.number = number;
            this.next = next;
        }

        /**
         * Waits for bytes.
         *
         * @return empty at the end, which is when all were acknowledged
         * @throws SandboxException.Unavailable if somebody else has become the reader
         */
        public Optional<Chunk> next() throws InterruptedException {
            lock.lockInterruptibly();
            try {
                while (current() && available() == 0 && !(ended && begin == end)) {
                    changed.await();
                }
                if (available() == 0) {
                    return Optional.empty();
                }
                var bytes = copy(next, (int) Math.min(available(), CHUNK));
                var chunk = new Chunk(next, UnsafeByteOperations.unsafeWrap(bytes));
                next += bytes.length;
                return Optional.of(chunk);
            } finally {
                lock.unlock();
            }
        }

        /** A chunk that was acknowledged before it was read is skipped. */
        private long available() {
            next = Math.max(next, begin);
            return end - next;
        }

        private boolean current() {
            if (number != reader) {
                throw new SandboxException.Unavailable("another one reads this stream now");
            }
            return true;
        }
    }
}
