// SPDX-License-Identifier: Apache-2.0
package io.silica.ctl.cli;

import io.silica.ctl.cri.LogLine;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
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
        lines.forEach(this::print);
    }

    /**
     * Writes a line.
     *
     * @throws UncheckedIOException if nobody reads what is written any more
     */
    public void print(LogLine line) {
        OutputStream stream =
                switch (line.stream()) {
                    case STDOUT -> stdout;
                    case STDERR -> stderr;
                };
        try {
            line.content().writeTo(stream);
            if (!line.partial()) {
                stream.write('\n');
            }
            stream.flush();
            if (isBroken(stream)) {
                throw new IOException("nobody reads the output");
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** A PrintStream keeps it to itself that nobody reads it any more. */
    private static boolean isBroken(OutputStream stream) {
        return stream instanceof PrintStream printed && printed.checkError();
    }
}
