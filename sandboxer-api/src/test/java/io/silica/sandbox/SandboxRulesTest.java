// SPDX-License-Identifier: Apache-2.0
package io.silica.sandbox;

import static io.silica.sandbox.Answer.DONE;
import static io.silica.sandbox.Answer.PROCEED;
import static io.silica.sandbox.Answer.UNAVAILABLE;
import static io.silica.sandbox.Answer.WRONG_STATE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Instant;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class SandboxRulesTest {
    private static final List<SandboxState> STATES =
            List.of(
                    new SandboxState.Created(),
                    new SandboxState.Running(7, Instant.EPOCH),
                    new SandboxState.Stopped(new ExitStatus(0, Instant.EPOCH)));

    @ParameterizedTest
    @CsvSource({
        "START,            PROCEED,     DONE,    WRONG_STATE",
        "STOP,             PROCEED,     PROCEED, DONE",
        "SHUTDOWN,         PROCEED,     PROCEED, PROCEED",
        "STATUS,           PROCEED,     PROCEED, PROCEED",
        "WAIT,             PROCEED,     PROCEED, PROCEED",
        "METRICS,          UNAVAILABLE, PROCEED, UNAVAILABLE",
        "UPDATE,           PROCEED,     PROCEED, WRONG_STATE",
        "CREATE_CONTAINER, WRONG_STATE, PROCEED, WRONG_STATE",
    })
    void everyRequestHasItsAnswerInEveryState(
            SandboxRequest request, Answer created, Answer running, Answer stopped) {
        assertThat(STATES.stream().map(state -> SandboxRules.answer(state, request)))
                .containsExactly(created, running, stopped);
    }

    @ParameterizedTest
    @EnumSource
    void refusalsNameActionIdAndState(SandboxRequest request) {
        for (SandboxState state : STATES) {
            Answer answer = SandboxRules.answer(state, request);
            if (answer == WRONG_STATE || answer == UNAVAILABLE) {
                assertThatThrownBy(() -> SandboxRules.admits(new SandboxId("p1"), state, request))
                        .isInstanceOf(SandboxException.class)
                        .hasMessage(
                                "cannot %s sandbox \"p1\" in state %s",
                                request.verb(), state.label());
            } else {
                assertThat(SandboxRules.admits(new SandboxId("p1"), state, request))
                        .isEqualTo(answer == PROCEED)
                        .isNotEqualTo(answer == DONE);
            }
        }
    }
}
