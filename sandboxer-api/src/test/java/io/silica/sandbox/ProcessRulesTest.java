// SPDX-License-Identifier: Apache-2.0
package io.silica.sandbox;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ProcessRulesTest {
    private static final List<ProcessState> STATES =
            List.of(
                    new ProcessState.Created(),
                    new ProcessState.Running(),
                    new ProcessState.Paused(),
                    new ProcessState.Stopped(new ExitStatus(0, Instant.EPOCH)));

    @ParameterizedTest
    @CsvSource({
        "START,       PROCEED,     WRONG_STATE, WRONG_STATE, WRONG_STATE",
        "KILL,        PROCEED,     PROCEED,     PROCEED,     NOT_FOUND",
        "DELETE,      PROCEED,     WRONG_STATE, WRONG_STATE, PROCEED",
        "EXEC,        WRONG_STATE, PROCEED,     WRONG_STATE, WRONG_STATE",
        "PAUSE,       WRONG_STATE, PROCEED,     DONE,        WRONG_STATE",
        "RESUME,      WRONG_STATE, DONE,        PROCEED,     WRONG_STATE",
        "UPDATE,      PROCEED,     PROCEED,     PROCEED,     WRONG_STATE",
        "RESIZE,      PROCEED,     PROCEED,     PROCEED,     DONE",
        "CLOSE_STDIN, PROCEED,     PROCEED,     PROCEED,     DONE",
        "STATE,       PROCEED,     PROCEED,     PROCEED,     PROCEED",
        "WAIT,        PROCEED,     PROCEED,     PROCEED,     PROCEED",
        "PIDS,        PROCEED,     PROCEED,     PROCEED,     PROCEED",
        "STATISTICS,  PROCEED,     PROCEED,     PROCEED,     PROCEED",
    })
    void everyRequestHasItsAnswerInEveryState(
            ProcessRequest request, Answer created, Answer running, Answer paused, Answer stopped) {
        assertThat(STATES.stream().map(state -> ProcessRules.answer(state, request)))
                .containsExactly(created, running, paused, stopped);
    }
}
