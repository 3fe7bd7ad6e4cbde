// SPDX-License-Identifier: Apache-2.0
package io.silica.server.transport;

import io.silica.linux.UnixSocket;
import io.silica.ttrpc.ConnectionId;
import io.silica.ttrpc.ProtocolException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * The loop's one read buffer, and the way that bytes get into it: peek, journal, consume. The
 * loop's thread only.
 */
final class Chunk {
    private final InboundJournal journal;
    private final MemorySegment peeked;
    private final byte[] bytes;

    Chunk(Arena arena, int size, InboundJournal journal) {
        this.journal = journal;
        this.peeked = arena.allocate(size);
        this.bytes = new byte[size];
    }

    int size() {
        return bytes.length;
    }

    /**
     * Reads what is there, at most a whole chunk.
     *
     * @return valid until the next read; empty if nothing is there; null at the end
     * @throws io.silica.linux.LinuxException if the connection is broken
     */
    @Nullable ByteBuffer read(ConnectionId connection, UnixSocket socket) throws ProtocolException {
        int length = socket.peek(peeked, 0, bytes.length);
        if (length < 0) {
            return null;
        }
        MemorySegment.copy(peeked, ValueLayout.JAVA_BYTE, 0, bytes, 0, length);
        var chunk = ByteBuffer.wrap(bytes, 0, length);
        if (length > 0) {
            journal.append(connection, chunk.asReadOnlyBuffer());
            consume(socket, length);
            journal.consumed(connection, length);
        }
        return chunk;
    }

    private void consume(UnixSocket socket, int length) throws ProtocolException {
        for (int left = length; left > 0; ) {
            int taken = socket.receive(peeked, 0, left);
            if (taken <= 0) {
                throw new ProtocolException("%d peeked bytes are not there".formatted(left));
            }
            left -= taken;
        }
    }
}
