// SPDX-License-Identifier: Apache-2.0
package io.silica.server.stream;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;

import com.google.protobuf.ByteString;
import com.google.protobuf.UnsafeByteOperations;
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
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Carries what a process writes into a FIFO to the stream that containerd has open, or will open
 * again. The FIFO is open for both, so that nothing breaks while nobody reads.
 *
 * <pre>
 *   stream open            bytes are read for which containerd has room
 *   stream lost            nothing is read: the FIFO keeps what it holds, and then the process waits
 *   lost, process awaited  containerd lives and will not open it again: what comes is dropped
 *   closed by containerd   the same
 * </pre>
 *
 * <p>When the process has ended, all that it wrote is in the FIFO: once that is empty the pipe is
 * over.
 */
final class OutputPipe implements StreamUser {
    private static final Logger LOGGER = System.getLogger(OutputPipe.class.getName());

    /** As much as containerd sends at a time. */
    private static final int CHUNK = 32 << 10;

    /** Of a FIFO, unless somebody asks for more. */
    private static final int CAPACITY = 64 << 10;

    /** Until something that had failed is tried again. */
    private static final long PAUSE_SECONDS = 1;

    private static final long FOR_EVER = Long.MAX_VALUE;

    private final String name;
    private final Descriptor fifo;
    private final Poller poller;
    private final BooleanSupplier awaited;
    private final StreamPatience patience;
    private final Runnable onOver;
    private final Semaphore wake = new Semaphore(0);
    private final Thread thread;
    private @Nullable StreamConnection connection;
    private boolean over;
    private boolean dropping;

    /** Since when there is no stream, and when something was last carried. */
    private volatile long lostAt = System.nanoTime();

    private volatile long carriedAt = lostAt;

    private volatile boolean started;
    private volatile boolean ended;
    private volatile boolean closed;

    /** Of the pipe's thread: what was read and is not sent. */
    private ByteString pending = ByteString.EMPTY;

    /** The same: how often it sends. */
    private final MessagePace pace = new MessagePace();

    /** The same: how much a process that has ended can have left. Its children may write on. */
    private long rest = CAPACITY;

    /**
     * @param name for messages
     * @param fifo non-blocking; the pipe's from now on
     * @param awaited whether containerd waits for the end of the process
     * @param onOver is told when containerd has all of the output, or can have none; not after
     *     {@link #close}
     */
    OutputPipe(
            String name,
            Descriptor fifo,
            Poller poller,
            BooleanSupplier awaited,
            StreamPatience patience,
            Runnable onOver) {
        this.name = name;
        this.fifo = fifo;
        this.poller = poller;
        this.awaited = awaited;
        this.patience = patience;
        this.onOver = onOver;
        this.thread = Thread.ofVirtual().name("stream " + name).unstarted(this::run);
    }

    void begin() {
        thread.start();
    }

    @Override
    public void connected(StreamConnection it) {
        synchronized (this) {
            if (!it.isOpen()) {
                return;
            }
            if (!over) {
                connection = it;
                dropping = false;
                wake.release();
                return;
            }
        }
        it.end();
    }

    @Override
    public void disconnected(StreamConnection it, boolean wasClosed) {
        synchronized (this) {
            if (it.equals(connection)) {
                connection = null;
                dropping = wasClosed;
                lostAt = System.nanoTime();
            }
        }
        wake.release();
    }

    @Override
    public void granted() {
        wake.release();
    }

    @Override
    public void received(ByteString bytes) {
        throw new IllegalStateException("nothing was granted for the " + name);
    }

    /** The process may run from now on: containerd reads what it writes. */
    void started() {
        started = true;
    }

    /** The process has ended. */
    void ended() {
        carriedAt = System.nanoTime();
        ended = true;
        wake.release();
    }

    /** Whether the process is awaited has changed. */
    void look() {
        wake.release();
    }

    /** Carries nothing more, and ends the stream. */
    void end() {
        close();
        var _ = leave();
    }

    /** Carries nothing more: the next life of the daemon does. */
    void close() {
        closed = true;
        thread.interrupt();
        awaitThread();
        fifo.close();
    }

    /** It waits in Java only, and was told not to. */
    private void awaitThread() {
        try {
            thread.join();
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
    }

    private void run() {
        try (var arena = Arena.ofConfined()) {
            carry(arena.allocate(CHUNK));
        } catch (InterruptedException _) {
            // It is closed.
        } catch (LinuxException e) {
            LOGGER.log(closed ? Level.DEBUG : Level.WARNING, "the {0} is given up: {1}", name, e);
        }
        if (!closed) {
            var _ = leave();
            onOver.run();
        }
    }

    private @Nullable StreamConnection leave() {
        StreamConnection open;
        synchronized (this) {
            over = true;
            open = connection;
        }
        if (open != null) {
            open.end();
        }
        return open;
    }

    private void carry(MemorySegment buffer) throws InterruptedException {
        while (true) {
            var to = connection();
            long room = room(to);
            boolean last = ended;
            long delay = last ? 0 : pace.delayNanos();
            if (room == 0) {
                boolean drained = last && isDrained();
                if (drained || (last && isRefused(to))) {
                    finish(drained);
                    return;
                }
                pause(to, last);
            } else if (delay > 0) {
                pause(delay);
            } else if (!pending.isEmpty() || fill(buffer, room, last)) {
                deliver(to, room);
            } else if (last) {
                finish(true);
                return;
            } else {
                awaitBytes();
            }
        }
    }

    private synchronized @Nullable StreamConnection connection() {
        return connection;
    }

    /** How much may be read: what nobody will have is read, too, and dropped. */
    private long room(@Nullable StreamConnection to) {
        if (to != null) {
            return to.window();
        }
        return isGivenUp() ? CHUNK : 0;
    }

    private synchronized boolean isGivenUp() {
        return dropping || (awaited.getAsBoolean() && left(lostAt, patience.reopening()) <= 0);
    }

    /** Whether containerd has the stream open and takes nothing. */
    private boolean isRefused(@Nullable StreamConnection to) {
        if (to == null || left(carriedAt, patience.taking()) > 0) {
            return false;
        }
        LOGGER.log(Level.WARNING, "containerd does not take the {0}: the rest is dropped", name);
        return true;
    }

    private boolean isDrained() {
        return pending.isEmpty() && !fifo.isReady(Epoll.READABLE);
    }

    private void pause(@Nullable StreamConnection to, boolean last) throws InterruptedException {
        long nanos = FOR_EVER;
        if (to == null && awaited.getAsBoolean()) {
            nanos = left(lostAt, patience.reopening());
        } else if (to != null && last) {
            nanos = left(carriedAt, patience.taking());
        }
        pause(nanos);
    }

    private void pause(long nanos) throws InterruptedException {
        if (nanos == FOR_EVER) {
            wake.acquire();
        } else {
            boolean _ = wake.tryAcquire(nanos, TimeUnit.NANOSECONDS);
        }
        wake.drainPermits();
    }

    private boolean fill(MemorySegment buffer, long room, boolean last) {
        long most = Math.min(Math.min(room, CHUNK), last ? rest : CHUNK);
        int count = most == 0 ? 0 : fifo.read(buffer, 0, most);
        if (count <= 0) {
            return false;
        }
        rest -= last ? count : 0;
        var bytes = new byte[count];
        MemorySegment.copy(buffer, JAVA_BYTE, 0, bytes, 0, count);
        pending = UnsafeByteOperations.unsafeWrap(bytes);
        return true;
    }

    private void deliver(@Nullable StreamConnection to, long room) throws InterruptedException {
        int count = (int) Math.min(room, pending.size());
        if (to == null || to.send(pending.substring(0, count))) {
            pending = pending.substring(count);
            if (to != null) {
                pace.sent(count);
            }
            carriedAt = System.nanoTime();
        } else {
            disconnected(to, false);
        }
    }

    private void awaitBytes() throws InterruptedException {
        try (var _ = poller.watch(fifo, Epoll.READABLE, wake::release)) {
            wake.acquire();
        } catch (LinuxException e) {
            // As a rule, no descriptor is left: the output is not lost for that.
            LOGGER.log(Level.WARNING, "cannot wait for the {0}: {1}", name, e.getMessage());
            boolean _ = wake.tryAcquire(PAUSE_SECONDS, TimeUnit.SECONDS);
        }
        wake.drainPermits();
    }

    /**
     * containerd stops reading when it hears of the end of the process: so it hears of it when it
     * has closed its side, which it does behind the end of the stream.
     *
     * @param whole whether it has been sent everything
     */
    private void finish(boolean whole) throws InterruptedException {
        var to = leave();
        if (to != null && started && whole && !to.awaitParted(patience.taking())) {
            LOGGER.log(Level.WARNING, "containerd has not read the {0} to its end", name);
        }
        fifo.close();
    }

    private static long left(long since, Duration time) {
        return Math.max(0, since + time.toNanos() - System.nanoTime());
    }
}
