// SPDX-License-Identifier: Apache-2.0
package io.silica.linux;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import java.lang.foreign.Arena;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.util.EnumSet;
import java.util.Optional;
import java.util.Set;

/**
 * A TCP socket that listens on all addresses of a network namespace and never blocks. Native
 * because the JDK hides its number, which is what is passed on.
 *
 * <p>Any thread may call any method.
 */
public final class TcpListener implements AutoCloseable {
    private static final int AF_INET = 2;
    private static final int AF_INET6 = 10;
    private static final int SOCK_STREAM = 1;
    private static final int IPPROTO_IPV6 = 41;
    private static final int IPV6_V6ONLY = 26;

    /** {@code struct sockaddr_in6}, of which {@code sockaddr_in} has the first half. */
    private static final int ADDRESS_BYTES = 28;

    private static final int ADDRESS_BYTES_IPV4 = 16;
    private static final ValueLayout.OfShort PORT =
            ValueLayout.JAVA_SHORT.withOrder(ByteOrder.BIG_ENDIAN);

    /** No connection that could be had: accept(2) tells errors of one that was to be as its own. */
    private static final Set<Errno> NOBODY =
            EnumSet.of(
                    Errno.EAGAIN,
                    Errno.EINTR,
                    Errno.ECONNABORTED,
                    Errno.EPROTO,
                    Errno.ENETDOWN,
                    Errno.ENOPROTOOPT);

    private final Descriptor descriptor;

    /** Becomes the owner of a listening TCP socket that was handed over. */
    public TcpListener(Descriptor descriptor) {
        this.descriptor = descriptor;
    }

    /**
     * Listens in the network namespace of this thread, on all addresses of IPv6 and IPv4.
     *
     * @param port 0 for one that is free
     * @param backlog how many may wait to be accepted
     * @throws LinuxException EADDRINUSE, EACCES
     */
    public static TcpListener bind(int port, int backlog) {
        var label = "TCP port " + port;
        long result = open(AF_INET6);
        boolean six = !Syscall.is(result, Errno.EAFNOSUPPORT);
        var descriptor =
                new Descriptor(Syscall.SOCKET.check(six ? result : open(AF_INET), label), label);
        try {
            bind(descriptor, port, six);
            descriptor.call(Syscall.LISTEN, backlog, 0);
            return new TcpListener(descriptor);
        } catch (RuntimeException e) {
            descriptor.close();
            throw e;
        }
    }

    private static long open(int family) {
        return Syscall.SOCKET.invoke(
                family, SOCK_STREAM | SocketType.NON_BLOCKING | OpenFlag.CLOEXEC);
    }

    private static void bind(Descriptor descriptor, int port, boolean six) {
        // Connections of one that listened before may still be on their way to their end.
        SocketOption.REUSE_ADDRESS.set(descriptor, 1);
        try (var arena = Arena.ofConfined()) {
            if (six) {
                var no = arena.allocateFrom(JAVA_INT, 0);
                descriptor.call(
                        Syscall.SETSOCKOPT, IPPROTO_IPV6, IPV6_V6ONLY, no.address(), Integer.BYTES);
            }
            var address = arena.allocate(ADDRESS_BYTES, Long.BYTES);
            address.set(JAVA_SHORT, 0, (short) (six ? AF_INET6 : AF_INET));
            address.set(PORT, Short.BYTES, (short) port);
            descriptor.call(
                    Syscall.BIND, address.address(), six ? ADDRESS_BYTES : ADDRESS_BYTES_IPV4);
        }
    }

    /** What to wait for and to pass on; it stays the property of this. */
    public Descriptor descriptor() {
        return descriptor;
    }

    /** The port on which it listens. */
    public int port() {
        return port(descriptor);
    }

    /** The local port of a TCP socket. */
    static int port(Descriptor socket) {
        try (var arena = Arena.ofConfined()) {
            var address = arena.allocate(ADDRESS_BYTES, Long.BYTES);
            var length = arena.allocateFrom(JAVA_INT, ADDRESS_BYTES);
            socket.call(Syscall.GETSOCKNAME, address.address(), length.address());
            return Short.toUnsignedInt(address.get(PORT, Short.BYTES));
        }
    }

    /**
     * Accepts a connection; empty if none waits.
     *
     * @throws LinuxException EMFILE or ENFILE if there is no number left: the connection still
     *     waits
     */
    public Optional<TcpConnection> accept() {
        long result =
                descriptor.attempt(
                        Syscall.ACCEPT4, 0, 0, SocketType.NON_BLOCKING | OpenFlag.CLOEXEC, 0);
        if (NOBODY.stream().anyMatch(errno -> Syscall.is(result, errno))) {
            return Optional.empty();
        }
        long number = Syscall.ACCEPT4.check(result, descriptor.label());
        return Optional.of(
                new TcpConnection(new Descriptor(number, "connection to " + descriptor.label())));
    }

    @Override
    public void close() {
        descriptor.close();
    }
}
