// SPDX-License-Identifier: Apache-2.0
package io.silica.wasm;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the daemon says when it starts. */
final class DaemonStartTest {
    @TempDir Path directory;

    @Test
    void aLibraryThatIsNotThereIsASentenceAndTheDaemonServesOthers() throws Exception {
        var daemon = daemon("[wasm]\nwasmtime-library = \"/nowhere/libwasmtime.so\"\n");
        // What is read from a process cannot be interrupted, but ends with it.
        var _ =
                CompletableFuture.runAsync(
                        daemon::destroyForcibly,
                        CompletableFuture.delayedExecutor(2, TimeUnit.MINUTES));
        try (var said = daemon.inputReader()) {
            assertThat(said.lines().takeWhile(line -> !line.contains(": ready, with ")))
                    .anyMatch(line ->
                            line.endsWith(
                                    "no pod can have the engine wasmtime: wasm.wasmtime-library: /nowhere/libwasmtime.so is not there"));
            assertThat(daemon.isAlive()).isTrue();
        } finally {
            daemon.destroyForcibly().waitFor();
        }
    }

    private Process daemon(String settings) throws IOException {
        var place = "[server]\nlisten = \"%1$s/s.sock\"\ndir = \"%1$s/d\"\n".formatted(directory);
        var config = Files.writeString(directory.resolve("wasm.toml"), place + settings);
        return new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-XX:TieredStopAtLevel=1",
                        "--enable-native-access=ALL-UNNAMED",
                        "-classpath",
                        System.getProperty("java.class.path"),
                        Main.class.getName(),
                        "--config",
                        config.toString())
                .redirectErrorStream(true)
                .start();
    }
}
