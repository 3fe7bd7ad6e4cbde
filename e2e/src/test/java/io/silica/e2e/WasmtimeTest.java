// SPDX-License-Identifier: Apache-2.0
package io.silica.e2e;

import static org.assertj.core.api.Assertions.assertThat;

/** Wasm pods on the engine Wasmtime. */
final class WasmtimeTest {
    @OnEveryContainerd
    void aGuestTellsItsOutputItsExitCodeAndItsTrap(Node node) {
        try (var pod = Kind.WASMTIME.run(node)) {
            var hello = pod.start("hello");
            assertThat(hello.awaitExitCode()).isZero();
            assertThat(hello.stdout()).isEqualTo("hello from Wasm\n");

            var trap = pod.start("trap");
            assertThat(trap.awaitExitCode()).isEqualTo(134);
            assertThat(trap.stderr()).contains("unreachable");
        }
    }
}
