// SPDX-License-Identifier: Apache-2.0
package io.silica.server.holder;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.silica.linux.Descriptor;
import io.silica.linux.Epoll;
import io.silica.linux.LinuxException;
import io.silica.linux.Poller;
import io.silica.linux.Received;
import io.silica.linux.SocketType;
import io.silica.linux.UnixAddress;
import io.silica.linux.UnixSocket;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/**
 * One connection to a holder. One thread receives, which waits in Java; any thread tells, and does
 * not wait.
 */
final class HolderChannel implements AutoCloseable {
    private static final int MOST_BYTES = 256;

    private final UnixSocket socket;
    private final Poller poller;
    private final Arena arena = Arena.ofAuto();
    private final MemorySegment buffer = arena.allocate(MOST_BYTES);
    private final String instance;

    private HolderChannel(UnixSocket socket, Poller poller, Duration patience)
            throws HolderLostException, InterruptedException {
        this.socket = socket;
        this.poller = poller;
        this.instance = greeting(patience);
    }

    /**
     * Connects and waits to be greeted.
     *
     * @throws HolderLostException if nobody listens there, or nobody who greets as a holder does
     */
    static HolderChannel open(Path path, Poller poller, Duration patience)
            throws HolderLostException, InterruptedException {
        var socket = connect(path);
        try {
            return new HolderChannel(socket, poller, patience);
        } catch (HolderLostException | InterruptedException | RuntimeException e) {
            socket.close();
            throw e;
        }
    }

    /** Which holder it is. */
    String instance() {
        return instance;
    }

    /**
     * The next message.
     *
     * @throws HolderLostException at the end, and if none comes in time
     */
    HolderMessage next(Duration patience) throws HolderLostException, InterruptedException {
        while (true) {
            var received = receive();
            if (received.bytes() < 0) {
                throw new HolderLostException("it has closed the channel");
            }
            if (received.bytes() > 0) {
                var text = buffer.asSlice(0, received.bytes()).toArray(ValueLayout.JAVA_BYTE);
                return HolderMessage.read(new String(text, UTF_8), received.descriptors());
            }
            if (!poller.await(socket.descriptor(), Epoll.READABLE, patience)) {
                throw new HolderLostException("it says nothing");
            }
        }
    }

    /**
     * Sends a message, with copies of descriptors.
     *
     * @return false if there is no room now; what cannot be sent because the holder is gone counts
     *     as sent
     */
    boolean tell(String text, Descriptor... descriptors) {
        try (var sending = Arena.ofConfined()) {
            var data = sending.allocateFrom(ValueLayout.JAVA_BYTE, text.getBytes(UTF_8));
            return socket.send(data, List.of(descriptors)) > 0;
        } catch (LinuxException _) {
            // The receiving side hears of the end, too.
            return true;
        }
    }

    /** Waits until there may be room. */
    void awaitRoom(Duration patience) throws HolderLostException, InterruptedException {
        if (!poller.await(socket.descriptor(), Epoll.WRITABLE, patience)) {
            throw new HolderLostException("it does not read what it is told");
        }
    }

    /** Calls back, on the poller's thread, when there may be room. */
    void whenRoom(Runnable callback) {
        var _ = poller.watch(socket.descriptor(), Epoll.WRITABLE, callback);
    }

    @Override
    public void close() {
        socket.close();
    }

    private static UnixSocket connect(Path path) throws HolderLostException {
        try {
            return UnixSocket.connect(UnixAddress.of(path), SocketType.SEQPACKET);
        } catch (LinuxException e) {
            throw new HolderLostException(e.errno().reason());
        }
    }

    private String greeting(Duration patience) throws HolderLostException, InterruptedException {
        return switch (next(patience)) {
            case HolderMessage.Hello(String name) -> name;
            case HolderMessage.Connection(var held) -> {
                held.socket().close();
                throw new HolderLostException("it does not greet");
            }
            case HolderMessage.All(), HolderMessage.Most(int _) ->
                    throw new HolderLostException("it does not greet");
            case HolderMessage.Unknown(String text) ->
                    throw new HolderLostException("it greets with \"" + text + "\"");
        };
    }

    private Received receive() throws HolderLostException {
        try {
            return socket.receive(buffer, 1);
        } catch (LinuxException e) {
            throw new HolderLostException(e.errno().reason());
        }
    }
}
