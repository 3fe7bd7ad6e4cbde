// SPDX-License-Identifier: Apache-2.0
package io.silica.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class DaemonTimesTest {
    @Test
    void whatLiesBetweenTwoMomentsIsCountedUnderAllNamesOfAService() {
        var before = new DaemonTimes(exposition(2, 3, 0.5));
        var after = new DaemonTimes(exposition(4, 8, 1.25));

        assertThat(after.calls("Task.Create", before)).isEqualTo(7);
        assertThat(after.total("Task.Create", before)).isEqualTo(Duration.ofMillis(750));
        assertThat(after.calls("Task.Start", before)).isZero();
    }

    private static String exposition(int olderName, int calls, double seconds) {
        return """
        silica_rpc_seconds_count{method="Create",service="containerd.task.v2.Task"} %d
        silica_rpc_seconds_count{method="Create",service="containerd.task.v3.Task"} %d
        silica_rpc_seconds_sum{method="Create",service="containerd.task.v3.Task"} %s
        silica_rpc_seconds_count{method="Create",service="containerd.Controller"} 99
        """
                .formatted(olderName, calls, seconds);
    }
}
