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

    Descriptor open(String label) {
        long result = Syscall.SOCKET.invoke(AF_UNIX, bits());
        return new Descriptor(Syscall.SOCKET.check(result, label), label);
    }
}
