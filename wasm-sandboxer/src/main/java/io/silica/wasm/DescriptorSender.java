// SPDX-License-Identifier: Apache-2.0
package io.silica.wasm;

import io.silica.linux.Descriptor;
import io.silica.linux.Epoll;
import io.silica.linux.LinuxException;
import io.silica.linux.Poller;
import io.silica.linux.SocketType;
import io.silica.linux.UnixAddress;
import io.silica.linux.UnixSocket;
import io.silica.sandbox.SandboxException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Hands descriptors to a worker, one message at a time, over a connection that is made when it is
 * first needed and again when it is lost. Any thread may send.
 */
final class DescriptorSender implements AutoCloseable {
    /** A JVM starts first, on a tenth of a CPU perhaps, if that is its pod's limit. */
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private static final ValueLayout.OfLong TOKEN =
            ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.BIG_ENDIAN);

    private final Path socket;
    private final Poller poller;
    private final SecureRandom random = new SecureRandom();
    private @Nullable UnixSocket connection;

    DescriptorSender(Path socket, Poller poller) {
        this.socket = socket;
        this.poller = poller;
    }

    /**
     * Gives the worker copies; ours stay ours.
     *
     * @return the token by which they are claimed
     * @throws SandboxException.Unavailable if the worker does not take them
     */
    synchronized long send(List<Descriptor> descriptors) {
        long token = random.nextLong();
        var used = connection();
        try (var arena = Arena.ofConfined()) {
            var message = arena.allocate(TOKEN);
            message.set(TOKEN, 0, token);
            if (used.send(message, descriptors) != TOKEN.byteSize()
                    || !acknowledged(used, message)) {
                throw new SandboxException.Unavailable("the wasm worker does not take descriptors");
            }
            return token;
        } catch (LinuxException e) {
            drop();
            throw new SandboxException.Unavailable("cannot reach the wasm worker", e);
        } catch (SandboxException e) {
            drop();
            throw e;
        }
    }

    private boolean acknowledged(UnixSocket used, MemorySegment buffer) {
        try {
            return poller.await(used.descriptor(), Epoll.READABLE, PATIENCE)
                    && used.receive(buffer, 0, 1) == 1;
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
            throw new SandboxException.Cancelled("interrupted while descriptors were sent");
        }
    }

    private UnixSocket connection() {
        if (connection == null) {
            try {
                connection = UnixSocket.connect(UnixAddress.of(socket), SocketType.SEQPACKET);
            } catch (LinuxException e) {
                throw new SandboxException.Unavailable("cannot reach the wasm worker", e);
            }
        }
        return connection;
    }

    private void drop() {
        if (connection != null) {
            connection.close();
            connection = null;
        }
    }

    @Override
    public synchronized void close() {
        drop();
    }
}
