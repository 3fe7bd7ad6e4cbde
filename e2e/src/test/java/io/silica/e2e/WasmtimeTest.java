// SPDX-License-Identifier: Apache-2.0
package io.silica.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;

/** Wasm pods on the engine Wasmtime. */
final class WasmtimeTest {
    private static final String HANDLER = "wasmtime";
    private static final int KILLED = 137;

    /** Where scripts/test-e2e says that it is; the daemon takes one that is not there for that. */
    static Path library() {
        return Busybox.program("libwasmtime").toAbsolutePath();
    }

    @OnEveryContainerd
    void aGuestTellsItsOutputItsExitCodeAndItsTrap(Node node) {
        try (var pod = run(node)) {
            var hello = pod.start("hello");
            assertThat(hello.awaitExitCode()).isZero();
            assertThat(hello.stdout()).isEqualTo("hello from Wasm\n");

            var trap = pod.start("trap");
            assertThat(trap.awaitExitCode()).isEqualTo(134);
            assertThat(trap.stderr()).contains("unreachable");
        }
    }

    @OnEveryContainerd
    void aGuestGoesOnOverTheDeathOfTheDaemonAndAnEndlessLoopIsKilled(Node node) {
        try (var pod = run(node)) {
            var loop = pod.start("spin").awaitLine("spinning");
            var counting = pod.start("tick", "40", "50", "7").awaitLine("3");
            node.sandboxer().kill();

            assertThat(counting.awaitExitCode()).isEqualTo(7);
            assertThat(counting.stdout().lines()).hasSize(40);
            loop.stop(Duration.ZERO);
            assertThat(loop.awaitExitCode()).isEqualTo(KILLED);
        }
    }

    private static Pod run(Node node) {
        assumeTrue(Files.exists(library()), "no libwasmtime: scripts/program-get gets it");
        return Pod.runAs(HANDLER, node);
    }
}
