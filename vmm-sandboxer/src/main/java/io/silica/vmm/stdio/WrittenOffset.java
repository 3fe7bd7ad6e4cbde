// SPDX-License-Identifier: Apache-2.0
package io.silica.vmm.stdio;

import static java.lang.foreign.ValueLayout.JAVA_LONG;

import io.silica.linux.Descriptor;
import io.silica.linux.OpenFile;
import io.silica.linux.OpenFlag;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * How many bytes of a stream are in its FIFO, kept in a file for the next daemon: an
 * acknowledgement that was sent may not have arrived. The kernel has what was written to it,
 * however the daemon ends; a loss of power ends the guest as well.
 */
final class WrittenOffset {
    private final Path path;
    private final OpenFile file;
    private final MemorySegment buffer = Arena.ofAuto().allocate(JAVA_LONG);

    private WrittenOffset(Path path, OpenFile file) {
        this.path = path;
        this.file = file;
    }

    /**
     * Opens it.
     *
     * @param isNew whether the stream has just begun, whatever there may be of an earlier one
     */
    static WrittenOffset open(Path path, boolean isNew) {
        var descriptor =
                isNew
                        ? Descriptor.open(
                                path, OpenFlag.READ_WRITE, OpenFlag.CREATE, OpenFlag.TRUNCATE)
                        : Descriptor.open(path, OpenFlag.READ_WRITE, OpenFlag.CREATE);
        return new WrittenOffset(path, new OpenFile(descriptor));
    }

    /** What was kept last; 0 if nothing was. */
    long get() {
        buffer.set(JAVA_LONG, 0, 0);
        return file.readAt(buffer, Long.BYTES, 0) == Long.BYTES
                ? Math.max(0, buffer.get(JAVA_LONG, 0))
                : 0;
    }

    void set(long offset) {
        buffer.set(JAVA_LONG, 0, offset);
        int _ = file.writeAt(buffer, Long.BYTES, 0);
    }

    /** The stream has ended. */
    void delete() {
        close();
        try {
            Files.deleteIfExists(path);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    void close() {
        file.close();
    }
}
