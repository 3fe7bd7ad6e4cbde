// SPDX-License-Identifier: Apache-2.0
package io.silica.ctl.cri;

import com.google.protobuf.ByteString;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

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

    /**
     * The complete lines that were appended since the last call. A file that is not there yet has
     * none.
     *
     * @throws IllegalArgumentException if a line is not one of a container's log
     */
    public List<LogLine> appended() throws IOException {
        if (!Files.exists(file)) {
            return List.of();
        }
        List<LogLine> lines = new ArrayList<>();
        try (var open = new RandomAccessFile(file.toFile(), "r")) {
            open.seek(position);
            byte[] chunk = new byte[LARGEST_READ];
            for (int n = open.read(chunk); n > 0; n = open.read(chunk)) {
                position += n;
                unfinished = splitLines(unfinished.concat(ByteString.copyFrom(chunk, 0, n)), lines);
            }
        }
        return lines;
    }

    private static ByteString splitLines(ByteString bytes, List<LogLine> lines) {
        int start = 0;
        for (int i = 0; i < bytes.size(); i++) {
            if (bytes.byteAt(i) == '\n') {
                lines.add(LogLine.parse(bytes.substring(start, i)));
                start = i + 1;
            }
        }
        return bytes.substring(start);
    }
}
