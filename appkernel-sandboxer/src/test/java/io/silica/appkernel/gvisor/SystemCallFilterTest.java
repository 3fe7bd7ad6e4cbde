// SPDX-License-Identifier: Apache-2.0
package io.silica.appkernel.gvisor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.silica.sandbox.ContainerId;
import io.silica.sandbox.SandboxException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** What runsc is given of a container's filter; GvisorGuestTest shows what a sentry makes of it. */
final class SystemCallFilterTest {
    @Test
    void whatIsToBeAnsweredAsUnknownIsTracedByNobody() {
        var filter =
                translated(
                        """
                        {"defaultAction": "SCMP_ACT_ERRNO", "defaultErrnoRet": 38, "syscalls": [
                            {"names": ["clone3"], "action": "SCMP_ACT_ERRNO", "errnoRet": 38}]}\
                        """);
        assertThat(filter)
                .hasToString(
                        "{\"defaultAction\":\"SCMP_ACT_TRACE\",\"syscalls\":[{\"names\":[\"clone3\"],"
                                + "\"action\":\"SCMP_ACT_TRACE\"}]}");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"defaultAction\":\"SCMP_ACT_ERRNO\"}",
                "{\"defaultAction\":\"SCMP_ACT_ALLOW\",\"syscalls\":null}",
                "{\"defaultAction\":\"SCMP_ACT_ALLOW\",\"syscalls\":[{\"names\":[\"mkdir\"],"
                        + "\"action\":\"SCMP_ACT_ERRNO\",\"errnoRet\":1}]}"
            })
    void whatRunscUnderstandsStaysAsItIs(String filter) {
        assertThat(translated(filter)).hasToString(filter);
    }

    @ParameterizedTest
    @CsvSource({
        "SCMP_ACT_KILL, SCMP_ACT_KILL",
        "SCMP_ACT_KILL_PROCESS, SCMP_ACT_KILL",
        "SCMP_ACT_KILL_THREAD, SCMP_ACT_KILL",
        "SCMP_ACT_LOG, SCMP_ACT_ALLOW",
        "SCMP_ACT_TRAP, SCMP_ACT_TRAP",
        "SCMP_ACT_TRACE, SCMP_ACT_TRACE"
    })
    void anActionThatRunscLacksIsTheNearestThatItHas(String asked, String written) {
        var filter =
                translated(
                        """
                        {"defaultAction": "%s", "syscalls": [{"names": ["mkdir"], "action": "%s"}]}\
                        """
                                .formatted(asked, asked));
        assertThat(filter.path("defaultAction").asString()).isEqualTo(written);
        assertThat(filter.at("/syscalls/0/action").asString()).isEqualTo(written);
    }

    @Test
    void aListenerIsRefusedInWords() {
        assertThatThrownBy(() -> translated("{\"defaultAction\": \"SCMP_ACT_NOTIFY\"}"))
                .isInstanceOf(SandboxException.Unsupported.class)
                .hasMessageContaining("container \"c1\"")
                .hasMessageContaining("listener");
    }

    @ParameterizedTest
    @ValueSource(strings = {"{}", "{\"defaultAction\": 7}", "{\"defaultAction\": \"SCMP_ACT_X\"}"})
    void anActionThatNobodyKnowsIsRefused(String filter) {
        assertThatThrownBy(() -> translated(filter))
                .isInstanceOf(SandboxException.InvalidArgument.class)
                .hasMessageContaining("container \"c1\"");
    }

    private static ObjectNode translated(String json) {
        var filter = (ObjectNode) JsonMapper.shared().readTree(json);
        SystemCallFilter.translate(new ContainerId("c1"), filter);
        return filter;
    }
}
