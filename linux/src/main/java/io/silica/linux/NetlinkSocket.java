// SPDX-License-Identifier: Apache-2.0
package io.silica.linux;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/**
 * A socket to the part of the kernel that has links, addresses and routes (rtnetlink(7)): bytes
 * only, {@link io.silica.linux.netlink} knows what they mean. It belongs to the network namespace
 * of the thread that opened it. For one thread at a time.
 */
public final class NetlinkSocket implements AutoCloseable {
    private static final int AF_NETLINK = 16;
    private static final int SOCK_RAW = 3;
    private static final int NETLINK_ROUTE = 0;

    /** More than the kernel ever puts into one answer. */
    private static final int LARGEST = 64 << 10;

    private final Descriptor descriptor;

    private NetlinkSocket(Descriptor descriptor) {
        this.descriptor = descriptor;
    }

    /** Opens one in the network namespace of this thread. */
    public static NetlinkSocket open() {
        long result =
                Syscall.SOCKET.invoke(AF_NETLINK, SOCK_RAW | OpenFlag.CLOEXEC, NETLINK_ROUTE, 0);
        return new NetlinkSocket(
                new Descriptor(Syscall.SOCKET.check(result, "netlink"), "netlink"));
    }

    /** Sends one request; the kernel has carried it out when this returns. */
    public void send(byte[] request) {
        try (var arena = Arena.ofConfined()) {
            var buffer = arena.allocateFrom(JAVA_BYTE, request);
            long result = descriptor.transfer(Syscall.SENDTO, buffer, 0, buffer.byteSize(), 0);
            Syscall.SENDTO.check(result, descriptor.label());
        }
    }

    /** Waits for one answer, which has one message or several. */
    public byte[] receive() {
        try (var arena = Arena.ofConfined()) {
            var buffer = arena.allocate(LARGEST);
            long result = descriptor.transfer(Syscall.RECVFROM, buffer, 0, LARGEST, 0);
            int length = (int) Syscall.RECVFROM.check(result, descriptor.label());
            var bytes = new byte[length];
            MemorySegment.copy(buffer, JAVA_BYTE, 0, bytes, 0, length);
            return bytes;
        }
    }

    /**
     * The refusal that an answer brought.
     *
     * @param request what was asked, in words
     * @param errno the kernel's number
     */
    public static LinuxException refusal(String request, int errno) {
        return new LinuxException("netlink", request, errno);
    }

    @Override
    public void close() {
        descriptor.close();
    }
}
