// SPDX-License-Identifier: Apache-2.0
package io.silica.wasm.worker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class WorkerOptionsTest {
    @Test
    void whatIsWrittenIsReadBack() {
        var options = new WorkerOptions(Duration.ofMillis(1500), 7, 0, Duration.ofDays(2));
        assertThat(WorkerOptions.parse(options.arguments().toArray(String[]::new)))
                .isEqualTo(options);
    }

    @Test
    void theLibraryOfTheEngineIsReadBack() {
        var options = WorkerOptions.DEFAULTS.withWasmtime(Path.of("/opt/lib wasmtime.so"));
        assertThat(WorkerOptions.parse(options.arguments().toArray(String[]::new)))
                .isEqualTo(options);
    }

    @Test
    void whatIsNotSaidIsAsUsual() {
        var usual = WorkerOptions.DEFAULTS;
        assertThat(WorkerOptions.parse()).isEqualTo(usual);
        assertThat(WorkerOptions.parse("--module-limit=8"))
                .isEqualTo(
                        new WorkerOptions(
                                usual.idleExit(), 8, usual.moduleCache(), usual.claimTime()));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "--idle-exit",
                "--idle-exit=",
                "--idle-exit=5m",
                "--module-limit=",
                "--module-limit=1M",
                "--module-cache=99999999999999999999",
                "--claim-time=PT",
                "--claim=PT1S",
                "claim-time=PT1S"
            })
    void anArgumentThatMakesNoSenseIsNamed(String argument) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> WorkerOptions.parse("--module-limit=8", argument))
                .withMessageContaining("argument " + argument);
    }
}
