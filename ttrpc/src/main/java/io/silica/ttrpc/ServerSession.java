// SPDX-License-Identifier: Apache-2.0
package io.silica.ttrpc;

import java.io.Closeable;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.ByteBuffer;
import java.util.concurrent.Semaphore;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Drives a {@link ServerConnection} over blocking channels: one virtual thread reads, one writes.
 */
final class ServerSession implements Closeable, FrameSink {
    private static final Logger LOGGER = System.getLogger(ServerSession.class.getName());
    private static final int CHUNK_BYTES = 16 << 10;

    private final ChannelPair channels;
    private final Runnable onQuiet;
    private final Consumer<ServerSession> onEnd;
    private final FrameWriter writer;
    private final ServerConnection connection;
    private final Semaphore resumed = new Semaphore(0);
    private volatile boolean receiving;
    private @Nullable Thread reader;

    /**
     * @param onQuiet called, on any thread, when {@link #isIdle} may have become true
     * @param onEnd called once, on the reader's thread
     */
    ServerSession(
            ConnectionId id,
            ServerConfig config,
            ChannelPair channels,
            CallTimer timer,
            Runnable onQuiet,
            Consumer<ServerSession> onEnd) {
        this.channels = channels;
        this.onQuiet = onQuiet;
        this.onEnd = onEnd;
        this.connection = new ServerConnection(id, config, this, timer);
        this.writer =
                new FrameWriter(
                        name(),
                        channels.output(),
                        config.limits().unsentBytes(),
                        this::room,
                        this::quiet,
                        _ -> close());
    }

    void start() {
        reader = Thread.ofVirtual().name(name() + "-reader").start(this::run);
    }

    @Override
    public void send(int streamId, ByteBuffer frame) {
        writer.send(frame);
    }

    @Override
    public void sendPart(ByteBuffer frame) {
        writer.send(frame);
    }

    @Override
    public boolean writable() {
        return writer.hasRoom();
    }

    @Override
    public void resume() {
        resumed.release();
    }

    private void room() {
        connection.room();
        resume();
    }

    @Override
    public void idle() {
        quiet();
    }

    private void quiet() {
        if (connection.isOver() && isIdle()) {
            close();
        }
        onQuiet.run();
    }

    /** Whether nothing is asked that is not answered, and nothing answered that is not written. */
    boolean isIdle() {
        return !receiving && connection.openCalls() == 0 && writer.isEmpty();
    }

    /**
     * Ends the connection at once and cancels its calls. Idempotent; does not wait for the threads.
     */
    @Override
    public void close() {
        connection.closed();
        writer.close();
        resume();
        try {
            channels.close();
        } catch (IOException e) {
            LOGGER.log(Level.DEBUG, "closing a ttrpc connection", e);
        }
    }

    /** Waits for both threads; after {@link #close}. */
    void join() throws InterruptedException {
        var thread = reader;
        if (thread != null) {
            thread.join();
        }
        writer.join();
    }

    private String name() {
        return "ttrpc-server-" + connection.id();
    }

    private void run() {
        try {
            read(ByteBuffer.allocate(CHUNK_BYTES));
        } catch (ProtocolException e) {
            LOGGER.log(
                    Level.WARNING, "closing connection {0}: {1}", connection.id(), e.getMessage());
        } catch (IOException e) {
            LOGGER.log(Level.DEBUG, "a ttrpc connection ended", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            close();
            onEnd.accept(this);
        }
    }

    private void read(ByteBuffer chunk) throws IOException, InterruptedException {
        while (channels.input().read(chunk) >= 0) {
            receiving = true;
            receive(chunk.flip());
            chunk.clear();
            receiving = false;
            quiet();
        }
    }

    private void receive(ByteBuffer chunk) throws IOException, InterruptedException {
        connection.receive(chunk);
        while (chunk.hasRemaining() && channels.input().isOpen()) {
            resumed.acquire();
            resumed.drainPermits();
            connection.receive(chunk);
        }
    }
}
