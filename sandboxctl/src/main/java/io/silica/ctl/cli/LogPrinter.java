// SPDX-License-Identifier: Apache-2.0
package io.silica.ctl.cli;

import io.silica.ctl.cri.LogLine;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.util.List;

/** Writes what a container wrote, byte by byte as it did, to the streams that it wrote to. */
public final class LogPrinter {
    private final OutputStream stdout;
    private final OutputStream stderr;

    public LogPrinter(OutputStream stdout, OutputStream stderr) {
        this.stdout = stdout;
        this.stderr = stderr;
    }

    public void print(List<LogLine> lines) {
        try {
            for (LogLine line : lines) {
                print(line);
            }
            stdout.flush();
            stderr.flush();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void print(LogLine line) throws IOException {
        OutputStream stream =
                switch (line.stream()) {
                    case STDOUT -> stdout;
                    case STDERR -> stderr;
                };
        line.content().writeTo(stream);
        if (!line.partial()) {
            stream.write('\n');
        }
    }
}
