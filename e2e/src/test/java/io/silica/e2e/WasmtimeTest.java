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

    /** What the worker does for a guest, it does on either engine. */
    @OnEveryContainerd
    void aDeadlineAndAMemoryLimitEndAContainerAndSomebodyConnectsToAnother(Node node)
            throws Exception {
        try (var pod =
                Kind.WASMTIME.run(
                        node,
                        config ->
                                Pod.withAddress(config)
                                        .putAnnotations("io.silica.wasm.listen", "8080")
                                        .putAnnotations(
                                                "io.silica.wasm.deadline/spin-0", "50ms"))) {
            var spins = pod.start("spin");
            assertThat(spins.awaitExitCode()).isEqualTo(124);
            assertThat(spins.stderr()).contains("it has run for 50 ms");

            var eats = pod.start("eat", config -> config.setLinux(LimitsTest.FOUR_MEBIBYTES));
            assertThat(eats.awaitExitCode()).isEqualTo(134);
            Until.passes(() -> assertThat(eats.status().getReason()).isEqualTo("OOMKilled"));

            var serves = pod.start("serve").awaitLine("serving");
            try (var port = ForwardedPort.of(node, pod, 8080)) {
                assertThat(port.get()).isEqualTo("hello from Wasm\n");
            }
            serves.kill();
            assertThat(serves.awaitExitCode()).isEqualTo(137);
        }
    }
}
