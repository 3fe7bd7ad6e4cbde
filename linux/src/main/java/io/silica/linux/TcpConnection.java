// SPDX-License-Identifier: Apache-2.0
package io.silica.linux;

import java.lang.foreign.MemorySegment;

/**
 * An accepted TCP connection that never blocks: what cannot be done now returns 0, and a {@link
 * Poller} tells when to try again. Native because the JDK adopts no descriptor.
 *
 * <p>Any thread may call any method.
 */
public final class TcpConnection implements AutoCloseable {
    private static final int MSG_PEEK = 0x2;
    private static final int MSG_DONTWAIT = 0x40;
    private static final int MSG_NOSIGNAL = 0x4000;

    private final Descriptor descriptor;

    TcpConnection(Descriptor descriptor) {
        this.descriptor = descriptor;
    }

    /** What to wait for; it stays the property of this. */
    public Descriptor descriptor() {
        return descriptor;
    }

    /**
     * Reads once.
     *
     * @param keep whether what is read is to be read again
     * @return the bytes read; 0 if there are none yet; -1 at the end
     */
    public int receive(MemorySegment buffer, long length, boolean keep) {
        int flags = MSG_DONTWAIT | (keep ? MSG_PEEK : 0);
        long result = descriptor.transfer(Syscall.RECVFROM, buffer, 0, length, flags);
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
     * Ends one direction or both.
     *
     * @throws LinuxException ENOTCONN
     */
    public void shutdown(Direction direction) {
        descriptor.call(Syscall.SHUTDOWN, direction.number, 0);
    }

    /** What of a connection to end. */
    public enum Direction {
        /** Nothing is read any more. */
        INPUT(0),
        /** The peer finds the end. */
        OUTPUT(1),
        /** Both. */
        BOTH(2);

        private final int number;

        Direction(int number) {
            this.number = number;
        }
    }

    @Override
    public void close() {
        descriptor.close();
    }
}
