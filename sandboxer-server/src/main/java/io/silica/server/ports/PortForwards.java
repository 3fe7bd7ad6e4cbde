// SPDX-License-Identifier: Apache-2.0
package io.silica.appkernel.gvisor;

import io.silica.linux.Descriptor;
import io.silica.linux.Epoll;
import io.silica.linux.LinuxException;
import io.silica.linux.LoopbackConnection;
import io.silica.linux.LoopbackListener;
import io.silica.linux.NetworkNamespace;
import io.silica.linux.Poller;
import io.silica.linux.SocketType;
import io.silica.linux.UnixSocket;
import io.silica.sandbox.SandboxException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.lang.System.Logger.Level;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Port forwarding: containerd dials {@code localhost} in the pod's network namespace, where the
 * host's network listens and the sentry's own does not. Whatever is dialled there is accepted, and
 * carried to the same port within the sentry, which takes a Unix socket for that and no other. A
 * port at which nobody listens inside is told by closing the connection.
 *
 * <p>It lasts as long as the daemon; the next one begins anew.
 */
final class PortForwards implements AutoCloseable {
    private static final System.Logger LOG = System.getLogger(PortForwards.class.getName());
    private static final JsonMapper JSON = JsonMapper.shared();
    private static final Duration ENDLESS = Duration.ofDays(36_500);

    private static final Duration PAUSE = Duration.ofSeconds(1);

    /** How long a server may say nothing to a client that has ended: it may not see that end. */
    private static final Duration SILENCE = Duration.ofSeconds(30);

    /** Connections at a time. */
    private static final int MOST = 64;

    private final LoopbackListener listener;
    private final ControlSocket control;
    private final Poller poller;
    private final Set<Thread> carrying = ConcurrentHashMap.newKeySet();
    private final Thread accepting;

    private PortForwards(LoopbackListener listener, ControlSocket control, Poller poller) {
        this.listener = listener;
        this.control = control;
        this.poller = poller;
        this.accepting = Thread.ofVirtual().name("gvisor-ports").unstarted(this::accept);
    }

    /** Begins with it; empty where this machine cannot do it, which costs a pod nothing else. */
    static Optional<PortForwards> open(Path namespace, ControlSocket control, Poller poller) {
        try (var network = NetworkNamespace.open(namespace)) {
            var forwards = new PortForwards(LoopbackListener.open(network), control, poller);
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
            throw new SandboxException.Cancelled("interrupted in a network namespace");
        }
    }

    private void accept() {
        try {
            while (poller.await(listener.descriptor(), Epoll.READABLE, ENDLESS)) {
                acceptAll();
            }
        } catch (InterruptedException _) {
            // It is closed.
        }
    }

    /** Where there is no number left for a descriptor, whoever waits goes on waiting. */
    private void acceptAll() throws InterruptedException {
        try {
            for (var next = listener.accept(); next.isPresent(); next = listener.accept()) {
                begin(next.get());
            }
        } catch (LinuxException e) {
            LOG.log(Level.WARNING, "no port can be forwarded: {0}", e.getMessage());
            Thread.sleep(PAUSE);
        }
    }

    private void begin(LoopbackConnection connection) {
        if (carrying.size() >= MOST) {
            connection.close();
            return;
        }
        var name = "gvisor-port " + connection.port();
        var thread = Thread.ofVirtual().name(name).unstarted(() -> carryAll(connection));
        carrying.add(thread);
        thread.start();
    }

    private void carryAll(LoopbackConnection connection) {
        try (connection) {
            forward(connection);
        } catch (SandboxException | LinuxException e) {
            LOG.log(Level.DEBUG, "port {0}: {1}", connection.port(), e.getMessage());
        } catch (InterruptedException _) {
            // We are closed.
        } finally {
            carrying.remove(Thread.currentThread());
        }
    }

    private void forward(LoopbackConnection connection) throws InterruptedException {
        var ends = UnixSocket.pair(SocketType.STREAM);
        try (var ours = ends.getFirst()) {
            try (var theirs = ends.getLast()) {
                control.call("PortForward", port(connection), List.of(theirs.descriptor()));
            }
            carry(connection, ours);
        }
    }

    private void carry(LoopbackConnection connection, UnixSocket ours) throws InterruptedException {
        try (var outside = new Streams(connection.descriptor());
                var inside = new Streams(ours.descriptor())) {
            var client = new Relay.Side(outside.in, outside.out, connection::shutdownOutput);
            var server = new Relay.Side(inside.in, inside.out, () -> end(ours));
            new Relay(client, server, SILENCE).run("gvisor-port-back " + connection.port());
        }
    }

    private static JsonNode port(LoopbackConnection connection) {
        return JSON.createObjectNode()
                .put("ContainerID", PodPlaces.ROOT_CONTAINER)
                .put("Port", connection.port());
    }

    /** One whose other side is gone need not be told. */
    private static void end(UnixSocket ours) {
        try {
            ours.shutdownOutput();
        } catch (LinuxException _) {
            // The sentry has closed it.
        }
    }

    /** Both directions of a descriptor. */
    private final class Streams implements AutoCloseable {
        private final InputStream in;
        private final OutputStream out;

        /**
         * @param descriptor stays its owner's
         */
        Streams(Descriptor descriptor) {
            in = poller.inputStream(descriptor.duplicate());
            out = poller.outputStream(descriptor.duplicate());
        }

        @Override
        public void close() {
            try {
                in.close();
                out.close();
            } catch (IOException _) {
                // They are let go of.
            }
        }
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
