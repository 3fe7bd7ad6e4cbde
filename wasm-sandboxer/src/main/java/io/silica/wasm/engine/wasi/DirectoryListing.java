// SPDX-License-Identifier: Apache-2.0
package io.silica.wasm.engine.wasi;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.silica.linux.OpenDirectory.Entry;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;

/**
 * {@code fd_readdir}: the entries of a directory in the order and with the places of the kernel.
 */
final class DirectoryListing {
    private static final int HEADER = 24;

    private final DescriptorTable table;

    DirectoryListing(DescriptorTable table) {
        this.table = table;
    }

    /** {@code (fd, buf, buf_len, cookie, used)}. The last entry that fits in part is cut. */
    void list(Memory memory, long[] args) {
        var directory = table.directory(args[0]).listing();
        long room = Integer.toUnsignedLong((int) args[2]);
        long used = 0;
        long place = args[3];
        List<Entry> entries = directory.list(place, room);
        while (used < room && !entries.isEmpty()) {
            GuestInterruptedException.check();
            for (var entry : entries) {
                var bytes = bytes(entry);
                int length = (int) Math.min(bytes.length, room - used);
                memory.write((int) (args[1] + used), bytes, 0, length);
                used += length;
                place = entry.next();
            }
            entries = used < room ? directory.list(place, room - used) : List.of();
        }
        memory.writeI32((int) args[4], (int) used);
    }

    private static byte[] bytes(Entry entry) {
        var name = entry.name().getBytes(UTF_8);
        return ByteBuffer.allocate(HEADER + name.length)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putLong(0, entry.next())
                .putLong(8, entry.inode())
                .putInt(16, name.length)
                .put(20, FileStatistics.type(entry.type()))
                .put(HEADER, name)
                .array();
    }
}
