// SPDX-License-Identifier: Apache-2.0
package io.silica.linux.cgroup;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class OwnMemoryTest {
    @TempDir Path root;

    @Test
    void theLeastLimitOnTheWayCounts() throws IOException {
        var inner = Files.createDirectories(root.resolve("system.slice/daemon"));
        Files.writeString(inner.resolve("memory.max"), "max\n");
        Files.writeString(root.resolve("system.slice/memory.max"), "1000000\n");
        var v2 = new Hierarchies(Map.of(), Optional.of(root), Set.of(Controller.MEMORY), false);
        assertThat(OwnMemory.limit(v2, List.of("0::/system.slice/daemon"))).hasValue(1_000_000);
        assertThat(OwnMemory.limit(v2, List.of("0::/other"))).isEmpty();
    }

    @Test
    void versionOneHasAHierarchyOfItsOwnForMemory() throws IOException {
        var inner = Files.createDirectory(root.resolve("daemon"));
        Files.writeString(inner.resolve("memory.limit_in_bytes"), "2000000\n");
        Files.writeString(root.resolve("memory.limit_in_bytes"), "9223372036854771712\n");
        var v1 =
                new Hierarchies(Map.of(Controller.MEMORY, root), Optional.empty(), Set.of(), false);
        assertThat(OwnMemory.limit(v1, List.of("3:cpu,cpuacct:/", "2:memory:/daemon")))
                .hasValue(2_000_000);
        assertThat(OwnMemory.limit(v1, List.of("2:memory:/../elsewhere"))).isEmpty();
    }
}
