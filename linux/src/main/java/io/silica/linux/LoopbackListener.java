// SPDX-License-Identifier: Apache-2.0
package io.silica.linux;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;

import java.lang.foreign.Arena;
import java.util.Optional;

/**
 * Accepts the connections that are made over IPv4 to the loopback addresses of a network namespace,
 * to whatever port. Native because the JDK has no sockets in other namespaces, and none for all
 * ports.
 *
 * <p>Any thread may call any method but {@link #open}.
 */
public final class LoopbackListener implements AutoCloseable {
    private static final int AF_INET = 2;
    private static final int SOCK_STREAM = 1;
    private static final int ADDRESS_BYTES = 16;
    private static final int BACKLOG = 64;
    private static final byte[] LOOPBACK = {127, 0, 0, 1};

    private final TcpListener socket;
    private final SocketLookup lookup;

    private LoopbackListener(TcpListener socket, SocketLookup lookup) {
        this.socket = socket;
        this.lookup = lookup;
    }

    /**
     * Begins to listen.
     *
     * @throws LinuxException EPERM without CAP_NET_ADMIN and CAP_BPF; EADDRNOTAVAIL if the loopback
     *     device has no address; EINVAL before Linux 5.9
     */
    public static LoopbackListener open(NetworkNamespace namespace) throws InterruptedException {
        var socket = namespace.inside(LoopbackListener::listen);
        try {
            return new LoopbackListener(
                    new TcpListener(socket), SocketLookup.steer(namespace, socket));
        } catch (RuntimeException e) {
            socket.close();
            throw e;
        }
    }

    private static Descriptor listen() {
        int bits = SOCK_STREAM | SocketType.NON_BLOCKING | OpenFlag.CLOEXEC;
        var label = "loopback of a namespace";
        var socket =
                new Descriptor(
                        Syscall.SOCKET.check(Syscall.SOCKET.invoke(AF_INET, bits), label), label);
        try (var arena = Arena.ofConfined()) {
            var address = arena.allocate(ADDRESS_BYTES);
            address.set(JAVA_BYTE, 0, (byte) AF_INET);
            for (int i = 0; i < LOOPBACK.length; i++) {
                address.set(JAVA_BYTE, 4 + i, LOOPBACK[i]);
            }
            socket.call(Syscall.BIND, address.address(), ADDRESS_BYTES);
            socket.call(Syscall.LISTEN, BACKLOG, 0);
            return socket;
        } catch (RuntimeException e) {
            socket.close();
            throw e;
        }
    }

    /** What to wait for; it stays the property of this. */
    public Descriptor descriptor() {
        return socket.descriptor();
    }

    /**
     * Accepts a connection; empty if none waits.
     *
     * @throws LinuxException EMFILE or ENFILE if there is no number left: the connection still
     *     waits
     */
    public Optional<LoopbackConnection> accept() {
        return socket.accept().map(LoopbackListener::withPort);
    }

    /** The port is that which was dialled. */
    private static LoopbackConnection withPort(TcpConnection accepted) {
        var descriptor = accepted.descriptor();
        try {
            return new LoopbackConnection(descriptor, TcpListener.port(descriptor));
        } catch (RuntimeException e) {
            accepted.close();
            throw e;
        }
    }

    @Override
    public void close() {
        lookup.close();
        socket.close();
    }
}
