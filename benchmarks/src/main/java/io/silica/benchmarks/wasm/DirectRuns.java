// SPDX-License-Identifier: Apache-2.0
package io.silica.benchmarks.wasm;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;

/** A module in libwasmtime without anything of ours: the program direct.c. */
final class DirectRuns implements AutoCloseable {
    private final Process program;
    private final Writer orders;
    private final BufferedReader times;

    private DirectRuns(Process program) {
        this.program = program;
        this.orders = program.outputWriter(StandardCharsets.US_ASCII);
        this.times = program.inputReader(StandardCharsets.US_ASCII);
    }

    /**
     * Compiles the module, and waits.
     *
     * @param command the program, the module and its arguments
     */
    static DirectRuns begin(List<String> command) throws IOException {
        return new DirectRuns(
                new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start());
    }

    /** Runs it once, from a new instance to its end. */
    Duration run() throws IOException {
        orders.write('\n');
        orders.flush();
        String nanos = times.readLine();
        if (nanos == null) {
            throw new IOException("the module that is called directly has ended");
        }
        return Duration.ofNanos(Long.parseLong(nanos));
    }

    @Override
    public void close() throws IOException {
        orders.close();
        program.destroy();
    }
}
