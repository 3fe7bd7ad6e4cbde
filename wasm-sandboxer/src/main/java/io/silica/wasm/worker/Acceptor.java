// SPDX-License-Identifier: Apache-2.0
package io.silica.wasm.worker;

import io.silica.linux.Epoll;
import io.silica.linux.LinuxException;
import io.silica.linux.Poller;
import io.silica.linux.UnixListener;
import io.silica.linux.UnixSocket;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/** Accepts connections for as long as the process lives, on the thread of a poller. */
final class Acceptor {
    private static final System.Logger LOG = System.getLogger(Acceptor.class.getName());
    private static final long PAUSE_MILLIS = 100;

    private final Poller poller;
    private final ScheduledExecutorService clock;
    private final UnixListener listener;
    private final Consumer<UnixSocket> connections;

    /**
     * @param connections becomes the owner of each connection; must not block
     */
    Acceptor(
            Poller poller,
            ScheduledExecutorService clock,
            UnixListener listener,
            Consumer<UnixSocket> connections) {
        this.poller = poller;
        this.clock = clock;
        this.listener = listener;
        this.connections = connections;
    }

    void start() {
        var _ = poller.watch(listener.descriptor(), Epoll.READABLE, this::accept);
    }

    private void accept() {
        try {
            for (var next = listener.accept(); next.isPresent(); next = listener.accept()) {
                connections.accept(next.get());
            }
            start();
        } catch (LinuxException e) {
            // Out of descriptors, most often: whoever waits keeps the socket readable.
            LOG.log(System.Logger.Level.WARNING, "cannot accept a connection", e);
            var _ = clock.schedule(this::start, PAUSE_MILLIS, TimeUnit.MILLISECONDS);
        }
    }
}
