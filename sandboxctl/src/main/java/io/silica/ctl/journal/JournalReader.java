// SPDX-License-Identifier: Apache-2.0
package io.silica.ctl.journal;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.channels.FileChannel.MapMode;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Map;

/**
 * Reads a journal from a map of its file that cannot be written to, without a lock and whether or
 * not a daemon is writing.
 *
 * <p>A daemon appends to the half in use. It empties the other one, and begins to use it, by
 * counting its generation up; so a half is whole as long as its generation is in use. What was read
 * while that changed is read again.
 */
public final class JournalReader {
    private static final int OTHERS = 0077;

    /** A daemon turns to its other half after a megabyte at the earliest. */
    private static final int ATTEMPTS = 100;

    private final Path file;

    private JournalReader(Path file) {
        this.file = file;
    }

    /**
     * Reads a journal.
     *
     * @throws JournalException if it cannot be trusted, for the reasons for which its daemon would
     *     not use it, or cannot be read
     */
    public static JournalReport read(Path file) {
        try {
            return new JournalReader(file).read();
        } catch (Damage e) {
            throw new JournalException(file, String.valueOf(e.getMessage()), e);
        } catch (NoSuchFileException e) {
            throw new JournalException(
                    file, "there is none: a daemon keeps one once a holder has been found", e);
        } catch (AccessDeniedException e) {
            throw new JournalException(file, "permission to read it denied; run as root", e);
        } catch (IOException e) {
            throw new JournalException(file, "it cannot be read: " + reason(e), e);
        }
    }

    private JournalReport read() throws IOException, Damage {
        // Before it is opened, for to open a FIFO would wait.
        requireOwn();
        try (var channel =
                        FileChannel.open(file, StandardOpenOption.READ, LinkOption.NOFOLLOW_LINKS);
                var arena = Arena.ofConfined()) {
            long bytes = channel.size();
            Damage.unless(bytes >= JournalHeader.BYTES, "it is cut short");
            var map = channel.map(MapMode.READ_ONLY, 0, bytes, arena);
            var header = JournalHeader.read(part(map, 0, JournalHeader.BYTES), bytes);
            return whileInUse(map, header);
        }
    }

    private static JournalReport whileInUse(MemorySegment map, JournalHeader header) throws Damage {
        var start = part(map, 0, JournalHeader.BYTES);
        var halves =
                new ByteBuffer[] {
                    part(map, JournalHeader.BYTES, header.halfBytes()),
                    part(map, JournalHeader.BYTES + header.halfBytes(), header.halfBytes())
                };
        for (int i = 0; i < ATTEMPTS; i++) {
            int generation = JournalHeader.generation(start);
            VarHandle.acquireFence();
            try {
                var report = report(header, halves[generation & 1], generation);
                if (isInUse(start, generation)) {
                    return report;
                }
            } catch (Damage e) {
                if (isInUse(start, generation)) {
                    throw e;
                }
            }
        }
        throw new Damage("its daemon writes faster than it can be read: try again");
    }

    private static boolean isInUse(ByteBuffer start, int generation) throws Damage {
        VarHandle.acquireFence();
        return JournalHeader.generation(start) == generation;
    }

    private static JournalReport report(JournalHeader header, ByteBuffer half, int generation)
            throws Damage {
        var head = HalfHead.read(half, generation);
        var records = new RecordCursor(half, head.firstNumber());
        var connections = new KeptConnections();
        int count = 0;
        while (records.next()) {
            connections.replay(records);
            count++;
        }
        return new JournalReport(
                header.version(),
                head.boot(),
                head.holder(),
                generation,
                JournalHeader.BYTES + 2L * header.halfBytes(),
                header.halfBytes(),
                records.position(),
                connections.cost(),
                count,
                connections.report());
    }

    private static ByteBuffer part(MemorySegment map, long offset, int bytes) {
        return map.asSlice(offset, bytes).asByteBuffer().order(ByteOrder.LITTLE_ENDIAN);
    }

    private void requireOwn() throws IOException, Damage {
        Map<String, Object> attributes =
                Files.readAttributes(
                        file,
                        "unix:uid,mode,isRegularFile,isSymbolicLink",
                        LinkOption.NOFOLLOW_LINKS);
        Damage.unless(
                !Boolean.TRUE.equals(attributes.get("isSymbolicLink")),
                "it is a symbolic link, which a daemon does not follow; name the file itself");
        Damage.unless(
                Boolean.TRUE.equals(attributes.get("isRegularFile")), "it is no regular file");
        var ourselves = Files.getAttribute(Path.of("/proc/self"), "unix:uid");
        Damage.unless(
                ourselves.equals(attributes.get("uid")),
                "it belongs to user %s and not to user %s: no daemon of this user has written it"
                        .formatted(attributes.get("uid"), ourselves));
        Damage.unless(
                attributes.get("mode") instanceof Integer mode && (mode & OTHERS) == 0,
                "others than its owner may use it, so that nobody knows who has written it");
    }

    private static String reason(IOException e) {
        return e instanceof FileSystemException failure && failure.getReason() != null
                ? failure.getReason()
                : String.valueOf(e.getMessage());
    }
}
