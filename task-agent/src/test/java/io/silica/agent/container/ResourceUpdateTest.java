// SPDX-License-Identifier: Apache-2.0
package io.silica.agent.container;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.silica.sandbox.SandboxException;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ResourceUpdateTest {
    @Test
    void limitsAreSaidInTheWordsOfVersionTwo() {
        assertThat(
                        ResourceUpdate.files(
                                """
                                {"memory": {"limit": 1048576}, "pids": {"limit": -1},
                                 "cpu": {"shares": 1024, "quota": 50000, "period": 100000, "cpus": "0"}}
                                """))
                .isEqualTo(
                        Map.of(
                                "memory.max", "1048576",
                                "pids.max", "max",
                                "cpu.weight", "39",
                                "cpu.max", "50000 100000",
                                "cpuset.cpus", "0"));
    }

    @Test
    void whatIsNotAskedStays() {
        assertThat(ResourceUpdate.files("{}")).isEmpty();
    }

    @Test
    void aFileThatIsNoLimitIsRefused() {
        assertThatThrownBy(() -> ResourceUpdate.files("{\"unified\": {\"cgroup.procs\": \"1\"}}"))
                .isInstanceOf(SandboxException.InvalidArgument.class);
        assertThatThrownBy(() -> ResourceUpdate.files("{\"unified\": {\"../memory.max\": \"1\"}}"))
                .isInstanceOf(SandboxException.InvalidArgument.class);
    }
}
