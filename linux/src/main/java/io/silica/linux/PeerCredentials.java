// SPDX-License-Identifier: Apache-2.0
package io.silica.linux;

import static java.lang.foreign.ValueLayout.JAVA_INT;

import java.lang.foreign.Arena;

/**
 * Who connected, or listened, at the other end of a Unix socket: what the kernel noted at that time
 * ({@code SO_PEERCRED}). Native because the JDK gives names of users, not numbers, and no process.
 *
 * @param pid in our pid namespace; 0 if it is not visible there
 * @param uid effective user, unsigned
 * @param gid effective group, unsigned
 */
public record PeerCredentials(int pid, long uid, long gid) {
    private static final int SO_PEERCRED = 17;

    static PeerCredentials of(Descriptor socket) {
        try (var arena = Arena.ofConfined()) {
            var credentials = arena.allocate(JAVA_INT, 3);
            var length = arena.allocateFrom(JAVA_INT, (int) credentials.byteSize());
            socket.call(
                    Syscall.GETSOCKOPT,
                    SocketOption.SOL_SOCKET,
                    SO_PEERCRED,
                    credentials.address(),
                    length.address());
            return new PeerCredentials(
                    credentials.getAtIndex(JAVA_INT, 0),
                    Integer.toUnsignedLong(credentials.getAtIndex(JAVA_INT, 1)),
                    Integer.toUnsignedLong(credentials.getAtIndex(JAVA_INT, 2)));
        }
    }
}
