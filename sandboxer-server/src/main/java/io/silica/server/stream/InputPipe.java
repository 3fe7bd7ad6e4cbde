// SPDX-License-Identifier: Apache-2.0
package io.silica.server.stream;

import com.google.protobuf.ByteString;
import io.silica.linux.Descriptor;
import io.silica.linux.Epoll;
import io.silica.linux.LinuxException;
import io.silica.linux.Poller;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.time.Duration;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Carries what comes by a stream into the FIFO that a process reads. While a process does not read,
 * containerd is granted no more room. The FIFO is open for both: no write breaks it, and the
 * process sees no end before {@link #close}.
 */
final class InputPipe implements StreamUser {
    private static final Logger LOGGER = System.getLogger(InputPipe.class.getName());

    /** Until something that had failed is tried again. */
    private static final long PAUSE_SECONDS = 1;

    private final Descriptor fifo;
    private final Poller poller;
    private final Semaphore wake = new Semaphore(0);
    private final ReentrantLock writing = new ReentrantLock();
    private @Nullable StreamConnection connection;
    private volatile boolean closed;

    /** How often bytes have come, and how often all of them were written. */
    private long came;

    private long written;

    /** Owns the descriptor, which is non-blocking, from now on. */
    InputPipe(Descriptor fifo, Poller poller) {
        this.fifo = fifo;
        this.poller = poller;
    }

    @Override
    public void connected(StreamConnection it) {
        synchronized (this) {
            if (!it.isOpen()) {
                return;
            }
            connection = it;
        }
        try {
            it.grant(StreamConnection.WINDOW);
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public synchronized void disconnected(StreamConnection it, boolean wasClosed) {
        if (it.equals(connection)) {
            connection = null;
            notifyAll();
        }
    }

    @Override
    public void granted() {}

    @Override
    public void received(ByteString bytes) throws InterruptedException {
        synchronized (this) {
            came++;
        }
        try (var arena = Arena.ofConfined()) {
            var buffer = arena.allocate(bytes.size());
            buffer.copyFrom(MemorySegment.ofBuffer(bytes.asReadOnlyByteBuffer()));
            writing.lockInterruptibly();
            try {
                write(buffer);
            } finally {
                writing.unlock();
            }
        } catch (LinuxException e) {
            // Closed meanwhile: nobody reads it any more, and containerd need not hear of that.
            LOGGER.log(Level.DEBUG, "input was dropped: {0}", e.getMessage());
        } finally {
            synchronized (this) {
                written++;
            }
        }
    }

    private void write(MemorySegment buffer) throws InterruptedException {
        long next = 0;
        while (next < buffer.byteSize() && !closed) {
            int count = fifo.write(buffer, next, buffer.byteSize() - next);
            next += count;
            if (count == 0) {
                awaitRoom();
            }
        }
    }

    private void awaitRoom() throws InterruptedException {
        try (var _ = poller.watch(fifo, Epoll.WRITABLE, wake::release)) {
            wake.acquire();
        } catch (LinuxException e) {
            // As a rule, no descriptor is left: what has come is not lost for that.
            LOGGER.log(Level.WARNING, "cannot wait for a process to read: {0}", e.getMessage());
            boolean _ = wake.tryAcquire(PAUSE_SECONDS, TimeUnit.SECONDS);
        }
    }

    /**
     * Waits until all that containerd has sent is in the FIFO: it closes the stream on one
     * connection and asks on another one for the end of the input.
     *
     * @param time for which nothing comes if containerd does not close the stream
     * @return false if the process has not read what came in that time, or more may follow
     */
    synchronized boolean awaitEnd(Duration time) throws InterruptedException {
        long before = came;
        long end = System.nanoTime() + time.toNanos();
        while (connection != null && !closed) {
            long millis = (end - System.nanoTime()) / 1_000_000;
            if (millis <= 0) {
                return came == before && written == came;
            }
            wait(millis);
        }
        return true;
    }

    /** Whether it is closed. */
    boolean isClosed() {
        return closed;
    }

    /** The process sees the end behind what is there, if nobody else has it open for writing. */
    void close() {
        closed = true;
        wake.release();
        writing.lock();
        try {
            fifo.close();
        } finally {
            writing.unlock();
        }
        synchronized (this) {
            notifyAll();
        }
    }

    /** The same, and ends the stream. */
    void end() {
        close();
        StreamConnection open;
        synchronized (this) {
            open = connection;
        }
        if (open != null) {
            open.end();
        }
    }
}
