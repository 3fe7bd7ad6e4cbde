// SPDX-License-Identifier: Apache-2.0
package io.silica.benchmarks.restart;

import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * The shortest lives of the daemon's program, with its JVM and its archive of classes: nothing that
 * it does can be over sooner.
 */
final class Floor {
    static final String TITLE = "floor: begin to end of wasm-sandboxer --version";

    private final Path program;
    private final List<Duration> times = new ArrayList<>();

    Floor(Path program) {
        this.program = program;
    }

    /** Lives one more. */
    void live() throws IOException, InterruptedException {
        long begun = System.nanoTime();
        int code =
                new ProcessBuilder(program.toString(), "--version")
                        .redirectOutput(Redirect.DISCARD)
                        .redirectError(Redirect.INHERIT)
                        .start()
                        .waitFor();
        times.add(Duration.ofNanos(System.nanoTime() - begun));
        if (code != 0) {
            throw new IOException(program + " --version ended with code " + code);
        }
    }

    /** How long each took. */
    List<Duration> times() {
        return times;
    }
}
