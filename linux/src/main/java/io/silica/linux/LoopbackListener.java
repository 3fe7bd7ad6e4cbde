// SPDX-License-Identifier: Apache-2.0
package io.silica.linux;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;

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

    private final Descriptor socket;
    private final SocketLookup lookup;

    private LoopbackListener(Descriptor socket, SocketLookup lookup) {
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
            return new LoopbackListener(socket, SocketLookup.steer(namespace, socket));
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
        return socket;
    }

    /**
     * Accepts a connection; empty if none waits.
     *
     * @throws LinuxException EMFILE or ENFILE if there is no number left: the connection still
     *     waits
     */
    public Optional<LoopbackConnection> accept() {
        long result =
                socket.attempt(
                        Syscall.ACCEPT4, 0, 0, SocketType.NON_BLOCKING | OpenFlag.CLOEXEC, 0);
        if (Syscall.is(result, Errno.EAGAIN)
                || Syscall.is(result, Errno.ECONNABORTED)
                || Syscall.is(result, Errno.EINTR)) {
            return Optional.empty();
        }
        var accepted =
                new Descriptor(
                        Syscall.ACCEPT4.check(result, socket.label()), "connection to loopback");
        try {
            return Optional.of(new LoopbackConnection(accepted, port(accepted)));
        } catch (RuntimeException e) {
            accepted.close();
            throw e;
        }
    }

    /** That which was dialled. */
    private static int port(Descriptor accepted) {
        try (var arena = Arena.ofConfined()) {
            var address = arena.allocate(ADDRESS_BYTES);
            var length = arena.allocateFrom(JAVA_INT, ADDRESS_BYTES);
            accepted.call(Syscall.GETSOCKNAME, address.address(), length.address());
            return Byte.toUnsignedInt(address.get(JAVA_BYTE, 2)) << 8
                    | Byte.toUnsignedInt(address.get(JAVA_BYTE, 3));
        }
    }

    @Override
    public void close() {
        lookup.close();
        socket.close();
    }
}
