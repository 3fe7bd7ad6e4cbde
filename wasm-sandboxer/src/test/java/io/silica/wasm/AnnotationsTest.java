// SPDX-License-Identifier: Apache-2.0
package io.silica.wasm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.InstanceOfAssertFactories.STRING;

import io.silica.sandbox.ContainerConfig;
import io.silica.sandbox.ContainerId;
import io.silica.sandbox.OciSpec;
import io.silica.sandbox.ProcessSpec;
import io.silica.sandbox.Resources;
import io.silica.sandbox.SandboxException;
import io.silica.sandbox.SandboxId;
import io.silica.sandbox.Stdio;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class AnnotationsTest {
    private static final String DEADLINE = "io.silica.wasm.deadline";
    private static final String LISTEN = "io.silica.wasm.listen";
    private static final String NAME = "io.kubernetes.cri.container-name";

    @Test
    void withoutAnyNothingIsAsked() {
        assertThat(of(Map.of("other", "x", NAME, "web")))
                .isEqualTo(new Annotations(Optional.empty(), List.of()));
    }

    @Test
    void aDeadlineIsATimeWithAUnit() {
        assertThat(of(Map.of(DEADLINE, "250ms")).deadline()).contains(Duration.ofMillis(250));
        assertThat(of(Map.of(DEADLINE, "8760h")).deadline()).contains(Duration.ofDays(365));
    }

    @Test
    void portsAreNumbersWithCommasBetween() {
        assertThat(of(Map.of(LISTEN, "8080")).ports()).containsExactly(8080);
        assertThat(of(Map.of(LISTEN, "65535,1,1")).ports()).containsExactly(65535, 1);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "0",
                "65536",
                "-1",
                "http",
                "80,",
                ",80",
                "80 81",
                "٣",
                "1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1"
            })
    void whatIsNoPortIsRefused(String text) {
        assertThatExceptionOfType(SandboxException.InvalidArgument.class)
                .isThrownBy(() -> of(Map.of(LISTEN, text)))
                .withMessageContaining("c1")
                .withMessageContaining(LISTEN);
    }

    @Test
    void whatIsForOneContainerIsStrongerThereAndNothingElsewhere() {
        var both = Map.of(DEADLINE, "5s", DEADLINE + "/web", "1s");
        assertThat(of(named("web", both)).deadline()).contains(Duration.ofSeconds(1));
        assertThat(of(named("db", both)).deadline()).contains(Duration.ofSeconds(5));
        assertThat(of(named("db", Map.of(DEADLINE + "/web", "1s"))).deadline()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"", "5", "-1s", "0s", "0ms", "1.5s", "1d", "5s ", "9999999h", "٣s", "\n"})
    void whatIsNoDeadlineIsRefused(String text) {
        assertThatExceptionOfType(SandboxException.InvalidArgument.class)
                .isThrownBy(() -> of(Map.of(DEADLINE, text)))
                .withMessageContaining("c1")
                .withMessageContaining(DEADLINE);
    }

    @Test
    void theWordsOfARefusalAreShortAndPrintable() {
        var text = "\u001b[2J\n" + "x".repeat(256 << 10);
        assertThatExceptionOfType(SandboxException.InvalidArgument.class)
                .isThrownBy(() -> of(Map.of(DEADLINE, text)))
                .extracting(Throwable::getMessage, STRING)
                .hasSizeLessThan(2000)
                .doesNotContainPattern("\\p{Cntrl}");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"io.silica.wasm.dealine", "io.silica.wasm.", "io.silica.wasm.deadlines"})
    void whatLooksLikeOursAndIsNotIsRefused(String key) {
        assertThatExceptionOfType(SandboxException.InvalidArgument.class)
                .isThrownBy(() -> of(Map.of(key, "5s")))
                .withMessageContaining(key);
    }

    private static Map<String, String> named(String name, Map<String, String> others) {
        var all = new HashMap<>(others);
        all.put(NAME, name);
        return all;
    }

    private static Annotations of(Map<String, String> annotations) {
        var process =
                new ProcessSpec(List.of("/app.wasm"), List.of(), "/", ProcessSpec.User.ROOT, false);
        var spec =
                new OciSpec(
                        process,
                        false,
                        Optional.empty(),
                        List.of(),
                        annotations,
                        Optional.empty(),
                        Resources.UNLIMITED,
                        "{}");
        var nowhere = Path.of("/nonexistent");
        return Annotations.of(
                new ContainerConfig(
                        new ContainerId("c1"),
                        new SandboxId("s1"),
                        nowhere,
                        nowhere,
                        spec,
                        Stdio.NONE));
    }
}
