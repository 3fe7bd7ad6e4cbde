// SPDX-License-Identifier: Apache-2.0
package io.silica.linux;

import static java.lang.foreign.ValueLayout.JAVA_INT;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.List;

/**
 * A Unix socket that never blocks: what cannot be done now returns 0, and an {@link Epoll} or a
 * {@link Poller} tells when to try again. Native because the JDK's channel can neither peek nor
 * pass descriptors nor be made from a descriptor.
 *
 * <p>Any thread may call any method. Receiving and sending at offset 0 allocate nothing but the 40
 * bytes that the linker takes per call where C2 is off.
 */
public final class UnixSocket implements AutoCloseable {
    private static final int MSG_PEEK = 0x2;
    private static final int MSG_DONTWAIT = 0x40;
    private static final int MSG_NOSIGNAL = 0x4000;
    private static final int SHUT_WR = 1;
    private static final int SHUT_RDWR = 2;

    private final Descriptor descriptor;

    /** Becomes the owner of a connected socket, such as one that was kept by a service manager. */
    public UnixSocket(Descriptor descriptor) {
        this.descriptor = descriptor;
    }

    /**
     * Connects; never blocks.
     *
     * @throws LinuxException ENAMETOOLONG, ENOENT, ECONNREFUSED (nobody listens), EAGAIN (the
     *     listener's queue is full)
     */
    public static UnixSocket connect(UnixAddress address, SocketType type) {
        var descriptor = type.open(address.toString());
        try (var arena = Arena.ofConfined()) {
            var encoded = UnixAddress.encode(address, Syscall.CONNECT, arena);
            descriptor.call(Syscall.CONNECT, encoded.address(), encoded.byteSize());
            return new UnixSocket(descriptor);
        } catch (RuntimeException e) {
            descriptor.close();
            throw e;
        }
    }

    /** Two sockets that are connected to each other. */
    public static List<UnixSocket> pair(SocketType type) {
        try (var arena = Arena.ofConfined()) {
            var ends = arena.allocate(JAVA_INT, 2);
            var call = Syscall.SOCKETPAIR;
            call.check(call.invoke(SocketType.AF_UNIX, type.bits(), 0, ends.address()), "(pair)");
            return List.of(
                    new UnixSocket(new Descriptor(ends.getAtIndex(JAVA_INT, 0), "socket pair")),
                    new UnixSocket(new Descriptor(ends.getAtIndex(JAVA_INT, 1), "socket pair")));
        }
    }

    /**
     * Whether a descriptor, such as an inherited one, is a Unix socket of that kind, and no
     * listener.
     */
    public static boolean isOne(Descriptor descriptor, SocketType type) {
        return type.is(descriptor, false);
    }

    /** What to register with an {@link Epoll}; it stays the property of this. */
    public Descriptor descriptor() {
        return descriptor;
    }

    /** Who is at the other end. */
    public PeerCredentials peer() {
        return PeerCredentials.of(descriptor);
    }

    /**
     * Lets every {@link #peek} begin where the last one ended ({@code SO_PEEK_OFF}), which the
     * kernel remembers beyond our life; {@link #receive} takes the cursor back by what it takes
     * away.
     *
     * @param offset how far from the first byte not received the next peek begins; -1 ends it
     */
    public void peekOffset(int offset) {
        SocketOption.PEEK_OFFSET.set(descriptor, offset);
    }

    /** Where the next peek begins; -1 if that is always the first byte. */
    public int peekOffset() {
        return SocketOption.PEEK_OFFSET.get(descriptor);
    }

    /**
     * Reads without consuming.
     *
     * @return the bytes read; 0 if there are none yet; -1 at the end
     */
    public int peek(MemorySegment buffer, long offset, long length) {
        return receive(buffer, offset, length, MSG_PEEK | MSG_DONTWAIT);
    }

    /**
     * Reads and consumes.
     *
     * @return the bytes read; 0 if there are none yet; -1 at the end
     */
    public int receive(MemorySegment buffer, long offset, long length) {
        return receive(buffer, offset, length, MSG_DONTWAIT);
    }

    private int receive(MemorySegment buffer, long offset, long length, int flags) {
        long result = descriptor.transfer(Syscall.RECVFROM, buffer, offset, length, flags);
        return descriptor.received(Syscall.RECVFROM, result);
    }

    /**
     * Sends once.
     *
     * @return the bytes taken, which may be fewer; 0 if there is no room
     * @throws LinuxException EPIPE or ECONNRESET if nobody is at the other end
     */
    public int send(MemorySegment buffer, long offset, long length) {
        int flags = MSG_NOSIGNAL | MSG_DONTWAIT;
        return descriptor.sent(
                Syscall.SENDTO, descriptor.transfer(Syscall.SENDTO, buffer, offset, length, flags));
    }

    /**
     * Sends copies of descriptors along with at least one byte; ours stay open.
     *
     * @param descriptors at most 253
     * @return the bytes taken; 0 if there is no room, and then no descriptor has gone either
     */
    public int send(MemorySegment data, List<Descriptor> descriptors) {
        return descriptor.sent(Syscall.SENDMSG, Message.send(descriptor, data, descriptors));
    }

    /**
     * Receives descriptors along with bytes. They are close-on-exec.
     *
     * @throws LinuxException EMSGSIZE if more came than fit into the buffer or the maximum, or if
     *     this process has no number left for one: all that came are closed
     */
    public Received receive(MemorySegment buffer, int maxDescriptors) {
        return Message.receive(descriptor, buffer, maxDescriptors);
    }

    /**
     * Asks for room for unsent bytes, beyond the machine's limit if we have CAP_NET_ADMIN and up to
     * it if not.
     *
     * @return the size that it has now; the kernel doubles what is asked, for its own bookkeeping
     */
    public int sendBuffer(int bytes) {
        long result = SocketOption.SEND_BUFFER_FORCE.attempt(descriptor, bytes);
        if (Syscall.is(result, Errno.EPERM)) {
            SocketOption.SEND_BUFFER.set(descriptor, bytes);
        } else {
            Syscall.SETSOCKOPT.check(result, descriptor.label());
        }
        return SocketOption.SEND_BUFFER.get(descriptor);
    }

    /** Tells the peer that nothing more comes. */
    public void shutdownOutput() {
        descriptor.call(Syscall.SHUTDOWN, SHUT_WR, 0);
    }

    /** Ends both directions, which whoever waits for either sees at once; nothing is closed. */
    public void shutdown() {
        descriptor.call(Syscall.SHUTDOWN, SHUT_RDWR, 0);
    }

    @Override
    public void close() {
        descriptor.close();
    }
}
