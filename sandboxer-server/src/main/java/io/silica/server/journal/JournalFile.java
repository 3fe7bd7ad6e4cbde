// SPDX-License-Identifier: Apache-2.0
package io.silica.server.journal;

import io.silica.linux.Descriptor;
import io.silica.linux.LinuxException;
import io.silica.linux.OpenFlag;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileChannel.MapMode;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Set;

/** The file of a journal, mapped: a header and two halves. Not thread safe. */
final class JournalFile implements AutoCloseable {
    private static final int OTHERS = 0077;

    private final Arena arena;
    private final JournalHeader header;
    private final Half[] halves;
    private int generation;

    private JournalFile(Arena arena, ByteBuffer memory, int halfBytes) {
        this.arena = arena;
        this.header = new JournalHeader(memory);
        this.halves =
                new Half[] {
                    new Half(memory.slice(JournalHeader.BYTES, halfBytes)),
                    new Half(memory.slice(JournalHeader.BYTES + halfBytes, halfBytes))
                };
    }

    /**
     * Makes an empty journal in a file that is not there yet.
     *
     * @throws IOException if there is no room for it, or the file cannot be written
     */
    static JournalFile create(Path path, int halfBytes, JournalOwner owner) throws IOException {
        setAside(
                path,
                JournalHeader.BYTES + 2L * halfBytes,
                OpenFlag.READ_WRITE,
                OpenFlag.CREATE,
                OpenFlag.EXCLUSIVE);
        var file = map(path, halfBytes);
        file.header.write(halfBytes);
        file.half().begin(file.generation, owner, 0);
        file.header.use(file.generation);
        return file;
    }

    /**
     * Maps a journal that is there.
     *
     * @throws DamagedJournalException if it is not one that this program has written
     * @throws IOException if it cannot be read or written
     */
    static JournalFile open(Path path) throws IOException, DamagedJournalException {
        requireOurs(path);
        int halfBytes = halfBytes(path);
        // A copy of a journal may have holes.
        setAside(path, JournalHeader.BYTES + 2L * halfBytes, OpenFlag.READ_WRITE);
        var file = map(path, halfBytes);
        try {
            file.generation = file.header.generation();
            return file;
        } catch (DamagedJournalException e) {
            file.close();
            throw e;
        }
    }

    /** The half in use. */
    Half half() {
        return halves[generation & 1];
    }

    /**
     * Whose connections it tells of.
     *
     * @throws DamagedJournalException if that cannot be told
     */
    JournalOwner owner() throws DamagedJournalException {
        return half().owner(generation);
    }

    /** The other half, emptied: what is written to it counts from {@link #turn} on. */
    Half beginOther(JournalOwner owner) {
        var other = halves[generation + 1 & 1];
        other.begin(generation + 1, owner, half().nextNumber());
        return other;
    }

    /** The other half is in use from now on. */
    void turn() {
        header.use(++generation);
    }

    int halfBytes() {
        return half().capacity();
    }

    @Override
    public void close() {
        arena.close();
    }

    /** Blocks that are only promised would be a fault in the middle of a store. */
    private static void setAside(Path path, long bytes, OpenFlag... flags) throws IOException {
        try (var file = Descriptor.open(path, flags)) {
            file.reserve(bytes);
        } catch (LinuxException e) {
            throw new IOException(e.getMessage(), e);
        }
    }

    private static JournalFile map(Path path, int halfBytes) throws IOException {
        var arena = Arena.ofShared();
        var options =
                Set.of(
                        StandardOpenOption.READ,
                        StandardOpenOption.WRITE,
                        LinkOption.NOFOLLOW_LINKS);
        try (var channel = FileChannel.open(path, options)) {
            long bytes = JournalHeader.BYTES + 2L * halfBytes;
            var memory = channel.map(MapMode.READ_WRITE, 0, bytes, arena);
            return new JournalFile(arena, memory.asByteBuffer(), halfBytes);
        } catch (IOException | RuntimeException e) {
            arena.close();
            throw e;
        }
    }

    private static int halfBytes(Path path) throws IOException, DamagedJournalException {
        var memory = ByteBuffer.allocate(JournalHeader.BYTES);
        try (var channel = FileChannel.open(path, StandardOpenOption.READ)) {
            while (memory.hasRemaining() && channel.read(memory) >= 0) {
                // Until it is full or the file has ended.
            }
            var header = new JournalHeader(memory.clear());
            header.check(channel.size());
            return header.halfBytes();
        }
    }

    private static void requireOurs(Path path) throws IOException, DamagedJournalException {
        if (!Files.isRegularFile(path, LinkOption.NOFOLLOW_LINKS)) {
            throw new DamagedJournalException("it is not a regular file");
        }
        var attributes = Files.readAttributes(path, "unix:uid,mode", LinkOption.NOFOLLOW_LINKS);
        var ourselves = Files.getAttribute(Path.of("/proc/self"), "unix:uid");
        if (!ourselves.equals(attributes.get("uid"))) {
            throw new DamagedJournalException("it belongs to another user");
        }
        if (attributes.get("mode") instanceof Integer mode && (mode & OTHERS) != 0) {
            throw new DamagedJournalException("others than its owner may use it");
        }
    }
}
