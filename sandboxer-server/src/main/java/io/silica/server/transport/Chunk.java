// SPDX-License-Identifier: Apache-2.0
package io.silica.server.transport;

import io.silica.linux.UnixSocket;
import io.silica.ttrpc.ProtocolException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * The loop's one read buffer, and the way that bytes get into it: peek, journal, consume. The
 * loop's thread only.
 *
 * <p>Between two steps the daemon may die. The kernel's cursor, which says how much was peeked and
 * not yet consumed, and the journal, which says whether what was appended last is known to be
 * consumed, then tell how far it came:
 *
 * <table>
 * <caption>What the next life does</caption>
 * <tr><th>cursor</th><th>consumed</th><th>died after</th><th>so</th></tr>
 * <tr><td>above 0</td><td>yes</td><td>the peek</td><td>it is peeked again</td></tr>
 * <tr><td>above 0</td><td>no</td><td>the append</td><td>that much is read away</td></tr>
 * <tr><td>0</td><td>no</td><td>the read</td><td>nothing</td></tr>
 * <tr><td>0</td><td>yes</td><td>the mark</td><td>nothing</td></tr>
 * </table>
 */
final class Chunk {
    private final MemorySegment peeked;
    private final byte[] bytes;
    private boolean isAll = true;
    private boolean isHeldBack;

    Chunk(Arena arena, int size) {
        this.peeked = arena.allocate(size);
        this.bytes = new byte[size];
    }

    /** Brings a socket and what is kept of it together, whenever an earlier life has ended. */
    void settle(ConnectionJournal journal, UnixSocket socket) throws ProtocolException {
        if (!journal.isConsumed()) {
            consume(socket, Math.max(0, socket.peekOffset()));
            journal.consumed();
        }
        socket.peekOffset(0);
    }

    /**
     * Reads what is there, at most a whole chunk, and what the journal has room for.
     *
     * @param whenRoom run once, on any thread, if something is held back and may no longer be
     * @return valid until the next read; empty if nothing is there; null at the end
     * @throws io.silica.linux.LinuxException if the connection is broken
     */
    @Nullable ByteBuffer read(ConnectionJournal journal, UnixSocket socket, Runnable whenRoom)
            throws ProtocolException {
        int length = socket.peek(peeked, 0, bytes.length);
        if (length < 0) {
            return null;
        }
        MemorySegment.copy(peeked, ValueLayout.JAVA_BYTE, 0, bytes, 0, length);
        var chunk = ByteBuffer.wrap(bytes, 0, length);
        isAll = length < bytes.length;
        isHeldBack = false;
        if (length > 0) {
            take(chunk, journal, socket, whenRoom);
        }
        return chunk;
    }

    /** Whether the last read has brought all that there was then. */
    boolean isAll() {
        return isAll;
    }

    /** Whether the journal had no room for some of what was there at the last read. */
    boolean isHeldBack() {
        return isHeldBack;
    }

    private void take(
            ByteBuffer chunk, ConnectionJournal journal, UnixSocket socket, Runnable whenRoom)
            throws ProtocolException {
        int fitting = journal.fit(chunk, whenRoom);
        isHeldBack = fitting < chunk.remaining();
        if (isHeldBack) {
            socket.peekOffset(fitting);
            chunk.limit(fitting);
        }
        if (fitting > 0) {
            journal.append(chunk);
            consume(socket, fitting);
            journal.consumed();
        }
    }

    private void consume(UnixSocket socket, int length) throws ProtocolException {
        for (int left = length; left > 0; ) {
            int taken = socket.receive(peeked, 0, Math.min(left, bytes.length));
            if (taken <= 0) {
                throw new ProtocolException("%d peeked bytes are not there".formatted(left));
            }
            left -= taken;
        }
    }
}
