// SPDX-License-Identifier: Apache-2.0
package io.silica.ctl.streaming;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class CommandStatusTest {
    @Test
    void successIsZero() throws StreamingException {
        assertThat(exitCode("{\"metadata\":{},\"status\":\"Success\"}")).isZero();
    }

    @Test
    void anExitCodeIsAmongTheCauses() throws StreamingException {
        assertThat(
                        exitCode(
                                """
                                {"metadata":{},"status":"Failure","reason":"NonZeroExitCode",
                                "message":"command terminated with non-zero exit code",
                                "details":{"causes":[{"reason":"Other","message":"1"},
                                {"reason":"ExitCode","message":"42"}]}}
                                """))
                .isEqualTo(42);
    }

    @Test
    void anotherFailureIsItsMessage() {
        assertThatThrownBy(() ->
                        exitCode(
                                "{\"status\":\"Failure\",\"reason\":\"InternalError\",\"message\":\"no such file\"}"))
                .isInstanceOf(StreamingException.class)
                .hasMessage("no such file");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "{",
                "[]",
                "7",
                "{\"status\":{}}",
                "{\"reason\":\"NonZeroExitCode\"}",
                "{\"reason\":\"NonZeroExitCode\",\"details\":{\"causes\":[{\"reason\":\"ExitCode\",\"message\":\"x\"}]}}"
            })
    void whatMakesNoSenseIsSaid(String status) {
        assertThatThrownBy(() -> exitCode(status)).isInstanceOf(StreamingException.class);
    }

    private static int exitCode(String json) throws StreamingException {
        return CommandStatus.exitCode(json.getBytes(StandardCharsets.UTF_8));
    }
}
