// SPDX-License-Identifier: Apache-2.0
package io.silica.wasm;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The RuntimeClasses that are shipped for pods that pay for a worker of their own. */
final class RuntimeClassesTest {
    @ParameterizedTest
    @CsvSource({"wasm-own-worker, ENDIVE", "wasmtime-own-worker, WASMTIME"})
    void theirOverheadIsTheFloorOfTheirEngine(String name, Engine engine) throws IOException {
        var shipped = Files.readString(Path.of("../examples/kubernetes/runtimeclasses.yaml"));
        var runtimeClass =
                Arrays.stream(shipped.split("(?m)^---$", -1))
                        .filter(it -> it.contains("  name: " + name + "\n"))
                        .findFirst()
                        .orElseThrow();
        assertThat(runtimeClass)
                .contains("podFixed:\n    memory: " + (engine.floor() >> 20) + "Mi\n");
    }
}
