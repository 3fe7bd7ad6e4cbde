// SPDX-License-Identifier: Apache-2.0
package io.silica.sandbox;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class IdentifierTest {
    @ParameterizedTest
    @ValueSource(strings = {"a", "0", "a.b", "web-1_x", "0123456789abcdef0123456789abcdef"})
    void whatContainerdTakesIsTaken(String value) {
        assertThat(new SandboxId(value)).hasToString(value);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                ".",
                "..",
                "../x",
                "/",
                "a/b",
                "a..b",
                "-a",
                "a-",
                "a b",
                "a\nb",
                "a\0b",
                "é",
                "a\u202eb"
            })
    void whatCouldLeaveADirectoryOrALogLineIsRefused(String value) {
        assertThatThrownBy(() -> new ContainerId(value))
                .isInstanceOf(SandboxException.InvalidArgument.class)
                .hasMessageStartingWith("container id ")
                .message()
                .doesNotContain("\n", "\0", "\u202e");
    }

    @ParameterizedTest
    @ValueSource(ints = {77, 108, 4096, 1_000_000})
    void aLongOneIsRefusedInAShortMessage(int length) {
        assertThatThrownBy(() -> new ExecId("a".repeat(length)))
                .isInstanceOf(SandboxException.InvalidArgument.class)
                .message()
                .contains("has " + length + " characters")
                .hasSizeLessThan(200);
    }
}
