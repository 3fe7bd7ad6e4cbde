// SPDX-License-Identifier: Apache-2.0
package io.silica.server.listen;

import io.silica.linux.Errno;
import io.silica.linux.LinuxException;
import io.silica.linux.SocketType;
import io.silica.linux.UnixAddress;
import io.silica.linux.UnixListener;
import io.silica.linux.UnixSocket;
import io.silica.sandbox.SandboxException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Makes listening sockets whose file only root can open, whatever the umask is. */
public final class SocketFile {
    /** A containerd that comes back dials one connection for each container at once. */
    private static final int BACKLOG = 1024;

    private SocketFile() {}

    /**
     * Listens at a path. A socket that nobody listens to any more is replaced: it was left by a
     * daemon that died.
     *
     * @throws SandboxException.Unavailable if somebody listens there, or it can't be made
     */
    public static UnixListener listen(Path path) {
        try {
            UnixAddress address = UnixAddress.of(path);
            if (Files.exists(path)) {
                requireAbandoned(path, address);
                Files.delete(path);
            }
            return UnixListener.bind(address, SocketType.STREAM, BACKLOG);
        } catch (LinuxException | IOException e) {
            throw new SandboxException.Unavailable(
                    "cannot listen on %s: %s".formatted(path, e.getMessage()), e);
        }
    }

    /** Removes the file of a socket that is listened at no more. */
    public static void remove(Path path) throws IOException {
        Files.deleteIfExists(path);
    }

    private static void requireAbandoned(Path path, UnixAddress address) {
        try (UnixSocket _ = UnixSocket.connect(address, SocketType.STREAM)) {
            throw new SandboxException.Unavailable(
                    "cannot listen on " + path + ": another process does; stop it first");
        } catch (LinuxException e) {
            if (e.errno() != Errno.ECONNREFUSED) {
                throw e;
            }
        }
    }
}
