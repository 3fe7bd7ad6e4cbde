// SPDX-License-Identifier: Apache-2.0
package io.silica.benchmarks.wasm;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * The processes of a wasm-sandboxer, each of which may be another one after a death.
 *
 * @param directory of {@code scripts/sandboxer-private}
 */
record SandboxerProcesses(Path directory) {
    private static final String RECORDED_PID = "pid=";

    long daemon() throws IOException {
        return Long.parseLong(Files.readString(directory.resolve("wasm/lock")).strip());
    }

    long worker() throws IOException {
        try (var lines = Files.lines(directory.resolve("wasm/worker/worker.record"))) {
            return lines.filter(line -> line.startsWith(RECORDED_PID))
                    .mapToLong(line -> Long.parseLong(line.substring(RECORDED_PID.length())))
                    .findFirst()
                    .orElseThrow();
        }
    }
}
