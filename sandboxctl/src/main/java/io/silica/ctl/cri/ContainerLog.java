// SPDX-License-Identifier: Apache-2.0
package io.silica.ctl.cri;

import com.google.protobuf.ByteString;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/** The log file of a container, read while the runtime still writes it. Not for several threads. */
public final class ContainerLog {
    private static final int LARGEST_READ = 1 << 20;

    private final Path file;
    private long position;
    private ByteString unfinished = ByteString.EMPTY;

    private ContainerLog(Path file, long position) {
        this.file = file;
        this.position = position;
    }

    /** The log from its first line on. */
    public static ContainerLog fromStart(Path file) {
        return new ContainerLog(file, 0);
    }

    /** What is written from now on: the runtime appends to a file that is there. */
    public static ContainerLog fromEnd(Path file) throws IOException {
        return new ContainerLog(file, Files.exists(file) ? Files.size(file) : 0);
    }

    /** The same as a list, for logs that are known to be small. */
    public List<LogLine> appended() throws IOException {
        List<LogLine> lines = new ArrayList<>();
        forEachAppended(lines::add);
        return lines;
    }

    /**
     * Hands over the complete lines that were appended since the last call. A file that is not
     * there yet has none; one that is shorter than before is another, and is read from its
     * beginning.
     *
     * @throws IllegalArgumentException if a line is not one of a container's log
     */
    public void forEachAppended(Consumer<LogLine> each) throws IOException {
        if (!Files.exists(file)) {
            return;
        }
        try (var open = new RandomAccessFile(file.toFile(), "r")) {
            if (open.length() < position) {
                position = 0;
                unfinished = ByteString.EMPTY;
            }
            open.seek(position);
            byte[] chunk = new byte[LARGEST_READ];
            for (int n = open.read(chunk); n > 0; n = open.read(chunk)) {
                position += n;
                unfinished = splitLines(unfinished.concat(ByteString.copyFrom(chunk, 0, n)), each);
            }
        }
    }

    private static ByteString splitLines(ByteString bytes, Consumer<LogLine> each) {
        int start = 0;
        for (int i = 0; i < bytes.size(); i++) {
            if (bytes.byteAt(i) == '\n') {
                each.accept(LogLine.parse(bytes.substring(start, i)));
                start = i + 1;
            }
        }
        return bytes.substring(start);
    }
}
