// SPDX-License-Identifier: Apache-2.0
package io.silica.linux;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

final class ResourceLimitTest {
    @Test
    void aProcessGetsTheLimitsAndTheNicenessThatItIsGiven() throws IOException {
        try (var child = Spawn.of(Path.of("/bin/sleep"), "60").start()) {
            int pid = child.pid();
            ResourceLimit.CPU_SECONDS.set(pid, 17);
            ResourceLimit.FILE_BYTES.set(pid, 0);
            ResourceLimit.ADDRESS_BYTES.set(pid, 1L << 30);
            ResourceLimit.NICENESS.set(pid, 0);
            Niceness.ofProcess(pid, 7);
            assertThat(Files.readString(Path.of("/proc/" + pid + "/limits")))
                    .containsPattern("Max cpu time +17 +17 ")
                    .containsPattern("Max file size +0 +0 ")
                    .containsPattern("Max nice priority +0 +0 ")
                    .containsPattern("Max address space +1073741824 +1073741824 ");
            var stat = Files.readString(Path.of("/proc/" + pid + "/stat"));
            assertThat(stat.substring(stat.lastIndexOf(')') + 2).split(" ", -1)[16]).isEqualTo("7");
            child.pidfd().signal(Pidfd.SIGKILL);
            while (!child.pidfd().hasExited()) {
                Thread.onSpinWait();
            }
            child.status();
        }
    }
}
