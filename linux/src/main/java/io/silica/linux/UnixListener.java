// SPDX-License-Identifier: Apache-2.0
package io.silica.linux;

import static java.lang.foreign.ValueLayout.JAVA_INT;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.Arena;
import java.nio.file.Files;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Optional;

/**
 * A listening Unix socket that never blocks. Native because the JDK cannot bind with a mode, accept
 * SEQPACKET or adopt a descriptor.
 *
 * <p>Any thread may call any method.
 */
public final class UnixListener implements AutoCloseable {
    private static final int OWNER_ONLY = 0600;

    private final Descriptor descriptor;

    /** Becomes the owner of a listening socket, such as one that was kept by a service manager. */
    public UnixListener(Descriptor descriptor) {
        this.descriptor = descriptor;
    }

    /** Whether a descriptor, such as an inherited one, is a listening Unix socket of that kind. */
    public static boolean isOne(Descriptor descriptor, SocketType type) {
        return type.is(descriptor, true);
    }

    /** Whether it is bound to that address. */
    public boolean isBoundTo(UnixAddress address) {
        try (var arena = Arena.ofConfined()) {
            var expected = UnixAddress.encode(address, Syscall.GETSOCKNAME, arena);
            var actual = arena.allocate(UnixAddress.ENCODED_BYTES);
            var length = arena.allocateFrom(JAVA_INT, (int) actual.byteSize());
            descriptor.call(Syscall.GETSOCKNAME, actual.address(), length.address());
            return actual.asSlice(0, length.get(JAVA_INT, 0)).mismatch(expected) == -1;
        }
    }

    /**
     * Binds and listens. A file has mode 0600 from its first moment, whatever the umask; it is the
     * caller's to delete, before (a stale one) and after.
     *
     * @param backlog how many may wait to be accepted
     * @throws LinuxException ENAMETOOLONG, EADDRINUSE, EACCES
     */
    public static UnixListener bind(UnixAddress address, SocketType type, int backlog) {
        var descriptor = type.open(address.toString());
        try {
            bind(descriptor, address);
            descriptor.call(Syscall.LISTEN, backlog, 0);
            return new UnixListener(descriptor);
        } catch (RuntimeException e) {
            descriptor.close();
            throw e;
        }
    }

    static void bind(Descriptor socket, UnixAddress address) {
        try (var arena = Arena.ofConfined()) {
            var encoded = UnixAddress.encode(address, Syscall.BIND, arena);
            // The file gets the mode of the socket less the umask: never wider than this...
            socket.call(Syscall.FCHMOD, OWNER_ONLY, 0);
            socket.call(Syscall.BIND, encoded.address(), encoded.byteSize());
        }
        if (address instanceof UnixAddress.OfPath(var file)) {
            try {
                // ... and, if the umask took more away, widened to it.
                Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }

    /** What to register with an {@link Epoll}; it stays the property of this. */
    public Descriptor descriptor() {
        return descriptor;
    }

    /**
     * Accepts a connection; empty if none waits.
     *
     * @throws LinuxException EMFILE or ENFILE if there is no number left: the connection still
     *     waits
     */
    public Optional<UnixSocket> accept() {
        long result =
                descriptor.attempt(
                        Syscall.ACCEPT4, 0, 0, SocketType.NON_BLOCKING | OpenFlag.CLOEXEC, 0);
        if (isNobody(result)) {
            return Optional.empty();
        }
        long number = Syscall.ACCEPT4.check(result, descriptor.label());
        return Optional.of(
                new UnixSocket(new Descriptor(number, "connection to " + descriptor.label())));
    }

    private static boolean isNobody(long result) {
        return Syscall.is(result, Errno.EAGAIN)
                || Syscall.is(result, Errno.ECONNABORTED)
                || Syscall.is(result, Errno.EINTR);
    }

    @Override
    public void close() {
        descriptor.close();
    }
}
