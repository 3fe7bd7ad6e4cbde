// SPDX-License-Identifier: Apache-2.0
package io.silica.linux;

/** The kinds of Unix socket. */
public enum SocketType {
    /** Bytes without bounds. */
    STREAM(1),
    /** Single messages, each to a receiver that need not be there. */
    DATAGRAM(2),
    /** A connection that keeps the bounds of messages. */
    SEQPACKET(5);

    static final int AF_UNIX = 1;
    static final int NON_BLOCKING = 0x800;

    private final int number;

    SocketType(int number) {
        this.number = number;
    }

    int bits() {
        return number | NON_BLOCKING | OpenFlag.CLOEXEC;
    }

    /**
     * Whether a descriptor is a Unix socket of this kind that accepts connections, or one that
     * doesn't.
     */
    boolean is(Descriptor descriptor, boolean accepts) {
        try {
            return SocketOption.DOMAIN.get(descriptor) == AF_UNIX
                    && SocketOption.TYPE.get(descriptor) == number
                    && SocketOption.ACCEPTS.get(descriptor) == (accepts ? 1 : 0);
        } catch (LinuxException e) {
            if (e.errno() == Errno.ENOTSOCK) {
                return false;
            }
            throw e;
        }
    }

    Descriptor open(String label) {
        long result = Syscall.SOCKET.invoke(AF_UNIX, bits());
        return new Descriptor(Syscall.SOCKET.check(result, label), label);
    }
}
