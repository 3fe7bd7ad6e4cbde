// SPDX-License-Identifier: Apache-2.0
package io.silica.linux;

import static java.lang.foreign.ValueLayout.JAVA_INT;

import java.lang.foreign.Arena;

/** Integer options of {@code SOL_SOCKET} (asm-generic/socket.h). */
enum SocketOption {
    REUSE_ADDRESS(2),
    TYPE(3),
    SEND_BUFFER(7),
    ACCEPTS(30),
    SEND_BUFFER_FORCE(32),
    DOMAIN(39),
    PEEK_OFFSET(42);

    static final int SOL_SOCKET = 1;

    private final int number;

    SocketOption(int number) {
        this.number = number;
    }

    int get(Descriptor socket) {
        try (var arena = Arena.ofConfined()) {
            var value = arena.allocate(JAVA_INT);
            var length = arena.allocateFrom(JAVA_INT, Integer.BYTES);
            socket.call(Syscall.GETSOCKOPT, SOL_SOCKET, number, value.address(), length.address());
            return value.get(JAVA_INT, 0);
        }
    }

    void set(Descriptor socket, int value) {
        Syscall.SETSOCKOPT.check(attempt(socket, value), socket.label());
    }

    /** The result as the kernel gives it. */
    long attempt(Descriptor socket, int value) {
        try (var arena = Arena.ofConfined()) {
            var memory = arena.allocateFrom(JAVA_INT, value);
            return socket.attempt(
                    Syscall.SETSOCKOPT, SOL_SOCKET, number, memory.address(), Integer.BYTES);
        }
    }
}
