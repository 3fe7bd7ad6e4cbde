// SPDX-License-Identifier: Apache-2.0
package io.silica.benchmarks.restart;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * A wasm-sandboxer under its supervisor, as {@code scripts/sandboxer-private} has started it.
 *
 * @param directory holds everything of both
 */
record SupervisedSandboxer(Path directory) {
    Path controllerSocket() {
        return directory.resolve("wasm-sandboxer.sock");
    }

    Path taskSocket() {
        return directory.resolve("wasm/task.sock");
    }

    Path log() {
        return directory.resolve("wasm-sandboxer.log");
    }

    /** The process of the daemon, which is another one in each of its lives. */
    int daemon() throws IOException {
        return number(directory.resolve("wasm/lock"));
    }

    int supervisor() throws IOException {
        return number(directory.resolve("supervisor.pid"));
    }

    private static int number(Path file) throws IOException {
        return Integer.parseInt(Files.readString(file).strip());
    }
}
