// SPDX-License-Identifier: Apache-2.0
package io.silica.server.transport;

import io.silica.linux.Descriptor;
import io.silica.linux.LinuxException;
import io.silica.linux.UnixListener;
import io.silica.linux.UnixSocket;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;

/** Accepts from one listener while there is room. The loop's thread only. */
final class Acceptor implements EpollLoop.Source {
    private static final Logger LOGGER = System.getLogger(Acceptor.class.getName());

    /** How many connections are accepted before it is the others' turn. */
    private static final int PER_TURN = 64;

    private final EpollLoop loop;
    private final UnixListener listener;
    private final BooleanSupplier room;
    private final Consumer<UnixSocket> onConnection;
    private long token;
    private boolean backingOff;
    private boolean closed;

    Acceptor(
            EpollLoop loop,
            UnixListener listener,
            BooleanSupplier room,
            Consumer<UnixSocket> onConnection) {
        this.loop = loop;
        this.listener = listener;
        this.room = room;
        this.onConnection = onConnection;
    }

    void open() {
        token = loop.add(this);
    }

    @Override
    public Descriptor descriptor() {
        return listener.descriptor();
    }

    @Override
    public void ready(int events) {
        proceed();
    }

    /** Accepts what waits: after an event, or when there is room again. */
    void proceed() {
        for (int i = 0; i < PER_TURN; i++) {
            if (closed || backingOff || !room.getAsBoolean()) {
                return;
            }
            var socket = accept();
            if (socket.isEmpty()) {
                return;
            }
            onConnection.accept(socket.get());
        }
        loop.execute(this::proceed);
    }

    /** Idempotent. */
    void close() {
        if (!closed) {
            closed = true;
            loop.remove(token);
            listener.close();
        }
    }

    private Optional<UnixSocket> accept() {
        try {
            return listener.accept();
        } catch (LinuxException e) {
            LOGGER.log(Level.WARNING, "cannot accept a connection: {0}", e.getMessage());
            // Out of descriptors, most often: trying again at once would only burn the processor.
            backingOff = true;
            loop.retry(this::tryAgain);
            return Optional.empty();
        }
    }

    private void tryAgain() {
        backingOff = false;
        proceed();
    }
}
