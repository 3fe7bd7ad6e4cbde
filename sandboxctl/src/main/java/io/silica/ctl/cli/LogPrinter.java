// SPDX-License-Identifier: Apache-2.0
package io.silica.ctl.cli;

import io.silica.ctl.cri.LogLine;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** Writes what a container wrote, byte by byte as it did, to the streams that it wrote to. */
public final class LogPrinter {
    private final OutputStream stdout;
    private final OutputStream stderr;
    private final boolean times;

    public LogPrinter(PrintStream stdout, PrintStream stderr) {
        this(stdout, stderr, false);
    }

    private LogPrinter(PrintStream stdout, PrintStream stderr, boolean times) {
        this.times = times;
        this.stdout = new ReadOutput(stdout);
        this.stderr = new ReadOutput(stderr);
    }

    /** One that writes the time of each line before it, also of one that goes on in the next. */
    public static LogPrinter withTimes(PrintStream stdout, PrintStream stderr) {
        return new LogPrinter(stdout, stderr, true);
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
            if (times) {
                stream.write((line.time() + " ").getBytes(StandardCharsets.US_ASCII));
            }
            line.content().writeTo(stream);
            if (!line.partial()) {
                stream.write('\n');
            }
            stream.flush();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
