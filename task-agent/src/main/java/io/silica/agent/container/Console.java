// SPDX-License-Identifier: Apache-2.0
package io.silica.agent.container;

import io.silica.linux.Descriptor;
import io.silica.linux.Epoll;
import io.silica.linux.Poller;
import io.silica.linux.SocketType;
import io.silica.linux.UnixAddress;
import io.silica.linux.UnixListener;
import io.silica.linux.UnixSocket;
import io.silica.sandbox.SandboxException;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;

/** Where crun brings the terminal that it has made for a process. */
final class Console implements AutoCloseable {
    private static final Duration PATIENCE = Duration.ofSeconds(10);
    private static final int LONGEST_NAME = 4096;

    private final Path path;
    private final UnixListener listener;

    private Console(Path path, UnixListener listener) {
        this.path = path;
        this.listener = listener;
    }

    static Console open(Path directory) throws IOException {
        var path = directory.resolve("console");
        Files.deleteIfExists(path);
        return new Console(path, UnixListener.bind(UnixAddress.of(path), SocketType.STREAM, 1));
    }

    Path path() {
        return path;
    }

    /** Waits for the terminal, which is the caller's. */
    Descriptor receive(Poller poller) throws InterruptedException {
        await(poller, listener.descriptor());
        try (var connection = listener.accept().orElseThrow(Console::missing);
                var arena = Arena.ofConfined()) {
            await(poller, connection.descriptor());
            return receive(connection, arena);
        }
    }

    private static Descriptor receive(UnixSocket connection, Arena arena) {
        var received = connection.receive(arena.allocate(LONGEST_NAME), 1);
        if (received.descriptors().isEmpty()) {
            throw missing();
        }
        return received.descriptors().getFirst();
    }

    private static void await(Poller poller, Descriptor descriptor) throws InterruptedException {
        if (!poller.await(descriptor, Epoll.READABLE, PATIENCE)) {
            throw missing();
        }
    }

    private static SandboxException missing() {
        return new SandboxException.Failed("crun has brought no terminal");
    }

    @Override
    public void close() throws IOException {
        listener.close();
        Files.deleteIfExists(path);
    }
}
