// SPDX-License-Identifier: Apache-2.0
package io.silica.linux.ports;

import io.silica.linux.Epoll;
import io.silica.linux.LinuxException;
import io.silica.linux.LoopbackConnection;
import io.silica.linux.LoopbackListener;
import io.silica.linux.NetworkNamespace;
import io.silica.linux.Poller;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The forwarding of the ports of a pod: containerd dials {@code localhost} in its network
 * namespace. Whatever is dialled there is accepted, and carried to the same port within the pod. A
 * port at which nobody listens inside is told by closing the connection.
 *
 * <p>It lasts as long as the daemon; the next one begins anew.
 */
public final class PortForwards implements AutoCloseable {
    private static final System.Logger LOG = System.getLogger(PortForwards.class.getName());
    private static final Duration ENDLESS = Duration.ofDays(36_500);

    private static final Duration PAUSE = Duration.ofSeconds(1);

    /** How long a server may say nothing to a client that has ended: it may not see that end. */
    private static final Duration SILENCE = Duration.ofSeconds(30);

    /** Connections at a time. */
    private static final int MOST = 32;

    private final LoopbackListener listener;
    private final PortDialler pod;
    private final Poller poller;
    private final PortRoom room;
    private final Set<Thread> carrying = ConcurrentHashMap.newKeySet();
    private final Thread accepting;

    private PortForwards(LoopbackListener listener, PortDialler pod, Poller poller, PortRoom room) {
        this.listener = listener;
        this.pod = pod;
        this.poller = poller;
        this.room = room;
        this.accepting = Thread.ofVirtual().name("ports").unstarted(this::accept);
    }

    /**
     * Begins with it; empty where this machine cannot do it, which costs a pod nothing else, and if
     * the thread was interrupted (it stays so).
     *
     * @param namespace of the network that containerd dials in
     * @param room the daemon's
     */
    public static Optional<PortForwards> open(
            Path namespace, PortDialler pod, Poller poller, PortRoom room) {
        try (var network = NetworkNamespace.open(namespace)) {
            var forwards = new PortForwards(LoopbackListener.open(network), pod, poller, room);
            forwards.accepting.start();
            return Optional.of(forwards);
        } catch (LinuxException e) {
            LOG.log(
                    Level.WARNING,
                    "no port can be forwarded to {0}: {1}",
                    namespace,
                    e.getMessage());
            return Optional.empty();
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
            return Optional.empty();
        }
    }

    private void accept() {
        try {
            while (true) {
                acceptNext();
            }
        } catch (InterruptedException _) {
            // It is closed.
        }
    }

    /** Where there is no number left for a descriptor, whoever waits goes on waiting. */
    private void acceptNext() throws InterruptedException {
        try {
            boolean _ = poller.await(listener.descriptor(), Epoll.READABLE, ENDLESS);
            for (var next = listener.accept(); next.isPresent(); next = listener.accept()) {
                begin(next.get());
            }
        } catch (LinuxException e) {
            LOG.log(Level.WARNING, "no port can be forwarded: {0}", e.getMessage());
            Thread.sleep(PAUSE);
        }
    }

    private void begin(LoopbackConnection connection) {
        if (carrying.size() >= MOST || !room.take()) {
            connection.close();
            return;
        }
        var name = "port " + connection.port();
        var thread = Thread.ofVirtual().name(name).unstarted(() -> carryAll(connection));
        carrying.add(thread);
        thread.start();
    }

    private void carryAll(LoopbackConnection connection) {
        try (connection) {
            forward(connection);
        } catch (IOException | LinuxException e) {
            LOG.log(Level.DEBUG, "port {0}: {1}", connection.port(), e.getMessage());
        } catch (InterruptedException _) {
            // We are closed.
        } finally {
            carrying.remove(Thread.currentThread());
            room.giveBack();
        }
    }

    private void forward(LoopbackConnection connection) throws IOException, InterruptedException {
        try (var client = client(connection);
                var server = pod.dial(connection.port())) {
            new Relay(client, server, SILENCE).run("port-back " + connection.port());
        }
    }

    private PortEnd client(LoopbackConnection connection) {
        return PortEnds.of(connection.descriptor(), poller, connection::shutdownOutput);
    }

    /** Ends what is being carried, and lets go of the network namespace. */
    @Override
    public void close() {
        accepting.interrupt();
        end(accepting);
        listener.close();
        carrying.forEach(Thread::interrupt);
        carrying.forEach(PortForwards::end);
    }

    private static void end(Thread interrupted) {
        try {
            interrupted.join();
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
    }
}
