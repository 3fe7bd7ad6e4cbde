// SPDX-License-Identifier: Apache-2.0
package io.silica.linux;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.List;

/**
 * A datagram socket, as the notification protocol of service managers uses it (sd_notify). Native
 * because the JDK has no Unix datagrams.
 *
 * <p>Any thread may call any method; none blocks.
 */
public final class UnixDatagram implements AutoCloseable {
    private final Descriptor descriptor;

    private UnixDatagram(Descriptor descriptor) {
        this.descriptor = descriptor;
    }

    /** A socket that sends to an address. */
    public static UnixDatagram to(UnixAddress address) {
        return new UnixDatagram(UnixSocket.connect(address, SocketType.DATAGRAM).descriptor());
    }

    /** A socket that receives at an address; a file has mode 0600 and is the caller's to delete. */
    public static UnixDatagram at(UnixAddress address) {
        var descriptor = SocketType.DATAGRAM.open(address.toString());
        try {
            UnixListener.bind(descriptor, address);
            return new UnixDatagram(descriptor);
        } catch (RuntimeException e) {
            descriptor.close();
            throw e;
        }
    }

    /** What to wait on; it stays the property of this. */
    public Descriptor descriptor() {
        return descriptor;
    }

    /**
     * Sends a datagram with copies of descriptors.
     *
     * @return false if the receiver's queue is full
     */
    public boolean send(byte[] datagram, List<Descriptor> descriptors) {
        try (var arena = Arena.ofConfined()) {
            var data = arena.allocateFrom(JAVA_BYTE, datagram);
            return descriptor.sent(Syscall.SENDMSG, Message.send(descriptor, data, descriptors))
                    > 0;
        }
    }

    /**
     * Receives a datagram.
     *
     * @throws LinuxException EMSGSIZE as {@link UnixSocket#receive(MemorySegment, int)}
     */
    public Received receive(MemorySegment buffer, int maxDescriptors) {
        return Message.receive(descriptor, buffer, maxDescriptors);
    }

    @Override
    public void close() {
        descriptor.close();
    }
}
