// SPDX-License-Identifier: Apache-2.0
package io.silica.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class MemoryUseTest {
    @Test
    void privateIsWhatIsCleanAndWhatIsDirty() {
        var rollup =
                List.of(
                        "555555554000-7ffff7fff000 ---p 00000000 00:00 0          [rollup]",
                        "Rss:                 900 kB",
                        "Pss:                 300 kB",
                        "Pss_Dirty:            70 kB",
                        "Shared_Clean:        700 kB",
                        "Private_Clean:        40 kB",
                        "Private_Dirty:       160 kB");

        assertThat(MemoryUse.parse(rollup)).isEqualTo(new MemoryUse(200, 300, 900));
    }

    @Test
    void aProcessThatIsThereHasSome() throws Exception {
        var use = MemoryUse.of(ProcessHandle.current().pid());

        assertThat(use.own()).isPositive().isLessThanOrEqualTo(use.resident());
    }
}
