// SPDX-License-Identifier: Apache-2.0
package io.silica.linux;

import java.lang.foreign.Arena;

/**
 * A stream between a virtual machine and its host. Native because the JDK knows no such address.
 */
public final class VsockSocket {
    private static final int SOCK_STREAM = 1;

    private VsockSocket() {}

    /**
     * Connects; blocks for as long as the other side takes, two seconds at most: on a platform
     * thread.
     *
     * @return blocking; the caller's
     * @throws LinuxException ECONNRESET (nobody listens), ENODEV (no driver yet), ETIMEDOUT,
     *     EAFNOSUPPORT
     */
    public static Descriptor connect(VsockAddress address) {
        long result = Syscall.SOCKET.invoke(VsockAddress.AF_VSOCK, SOCK_STREAM | OpenFlag.CLOEXEC);
        var descriptor =
                new Descriptor(
                        Syscall.SOCKET.check(result, address.toString()), address.toString());
        try (var arena = Arena.ofConfined()) {
            var encoded = address.encode(arena);
            descriptor.call(Syscall.CONNECT, encoded.address(), encoded.byteSize());
            return descriptor;
        } catch (RuntimeException e) {
            descriptor.close();
            throw e;
        }
    }
}
