// SPDX-License-Identifier: Apache-2.0
package io.silica.ttrpc;

import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.channels.ByteChannel;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.ReadableByteChannel;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.WritableByteChannel;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/**
 * A ttrpc server over the channels of the JDK: Unix and TCP sockets by {@link #listen}, anything
 * that can be read and written by {@link #serve}. Virtual threads do the waiting. Thread safe.
 */
public final class TtrpcServer implements AutoCloseable {
    private static final Logger LOGGER = System.getLogger(TtrpcServer.class.getName());
    private static final Duration FIRST_BACK_OFF = Duration.ofMillis(1);
    private static final Duration LONGEST_BACK_OFF = Duration.ofSeconds(1);

    private final ServerConfig config;
    private final CallTimer timer = new CallTimer();
    private final AtomicLong lastConnection = new AtomicLong();
    private final Set<ServerSession> sessions = ConcurrentHashMap.newKeySet();
    private final List<ServerSocketChannel> listeners = new ArrayList<>();
    private final List<Thread> acceptors = new ArrayList<>();
    private final CountDownLatch stopping = new CountDownLatch(1);
    private final Semaphore quiet = new Semaphore(0);

    /** A server that serves nobody yet. */
    public TtrpcServer(ServerConfig config) {
        this.config = config;
    }

    /**
     * Accepts connections until the server is shut down.
     *
     * @param listener bound and blocking; the server's from now on, and closed with it
     */
    public void listen(ServerSocketChannel listener) {
        synchronized (listeners) {
            listeners.add(listener);
            var name = "ttrpc-server-acceptor-" + listeners.size();
            acceptors.add(Thread.ofVirtual().name(name).start(() -> accept(listener)));
        }
        if (stopped()) {
            closeListeners();
        }
    }

    /** Serves one connection over a channel, which is the server's from now on. */
    public void serve(ByteChannel channel) {
        serve(channel, channel);
    }

    /** Serves one connection over a pair of channels, which are the server's from now on. */
    public void serve(ReadableByteChannel input, WritableByteChannel output) {
        var id = new ConnectionId(lastConnection.incrementAndGet());
        var channels = new ChannelPair(input, output);
        var session = new ServerSession(id, config, channels, timer, this::quiet, this::forget);
        sessions.add(session);
        session.start();
        if (stopped()) {
            session.close();
        }
    }

    /** How many connections are open. */
    public int connections() {
        return sessions.size();
    }

    /**
     * Ends the server in order: accepts nothing new, closes each connection when its calls are
     * answered, and after the grace period those that are left, cancelling their calls.
     *
     * @return whether every call was answered
     */
    public boolean shutdown(Duration grace) throws InterruptedException {
        stopping.countDown();
        closeListeners();
        var deadline = Deadline.after(grace);
        closeIdle();
        while (!sessions.isEmpty() && !deadline.passed()) {
            if (quiet.tryAcquire(deadline.remainingNanos(), TimeUnit.NANOSECONDS)) {
                quiet.drainPermits();
                closeIdle();
            }
        }
        boolean drained = sessions.isEmpty();
        end();
        return drained;
    }

    /** Ends the server at once: open calls are cancelled. Idempotent. */
    @Override
    public void close() {
        stopping.countDown();
        closeListeners();
        try {
            end();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Before the end nobody waits for silence. */
    private void quiet() {
        if (stopped()) {
            quiet.release();
        }
    }

    private void forget(ServerSession session) {
        sessions.remove(session);
        quiet();
    }

    private void closeIdle() throws InterruptedException {
        for (var session : sessions) {
            if (session.isIdle()) {
                session.close();
                session.join();
            }
        }
    }

    private void end() throws InterruptedException {
        for (var session : sessions) {
            session.close();
            session.join();
        }
        timer.close();
        for (var acceptor : acceptors()) {
            acceptor.join();
        }
    }

    private List<Thread> acceptors() {
        synchronized (listeners) {
            return List.copyOf(acceptors);
        }
    }

    private void closeListeners() {
        synchronized (listeners) {
            listeners.forEach(TtrpcServer::closeQuietly);
        }
    }

    private static void closeQuietly(ServerSocketChannel listener) {
        try {
            listener.close();
        } catch (IOException e) {
            LOGGER.log(Level.WARNING, "closing a ttrpc listener", e);
        }
    }

    private void accept(ServerSocketChannel listener) {
        var backOff = FIRST_BACK_OFF;
        while (!stopped()) {
            try {
                serve(listener.accept());
                backOff = FIRST_BACK_OFF;
            } catch (ClosedChannelException e) {
                return;
            } catch (IOException e) {
                // Out of descriptors, most often: trying again at once would only burn the
                // processor.
                LOGGER.log(Level.WARNING, "cannot accept a ttrpc connection", e);
                backOff = pause(backOff);
            }
        }
    }

    private Duration pause(Duration backOff) {
        try {
            if (stopping.await(backOff.toNanos(), TimeUnit.NANOSECONDS)) {
                return backOff;
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        var doubled = backOff.multipliedBy(2);
        return doubled.compareTo(LONGEST_BACK_OFF) < 0 ? doubled : LONGEST_BACK_OFF;
    }

    private boolean stopped() {
        return stopping.getCount() == 0;
    }
}
