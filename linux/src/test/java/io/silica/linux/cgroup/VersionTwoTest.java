// SPDX-License-Identifier: Apache-2.0
package io.silica.linux.cgroup;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The files of version 2, on a directory that stands in for the kernel: most test machines have one
 * version only.
 */
class VersionTwoTest {
    private static final Set<Controller> ALL =
            Set.of(Controller.CPU, Controller.MEMORY, Controller.PIDS);

    private final Path root;
    private final Path pod;
    private final Cgroup cgroup;

    VersionTwoTest(@TempDir Path directory) throws IOException {
        root = directory;
        pod = Files.createDirectory(root.resolve("pod"));
        var hierarchies = new Hierarchies(Map.of(), Optional.of(root), ALL, false);
        cgroup = Cgroup.at(hierarchies, CgroupPath.parse("/pod"));
    }

    @BeforeEach
    void files() throws IOException {
        write(root, "cgroup.subtree_control", "cpu memory pids");
        for (var name : new String[] {"cpu.weight", "cpu.max", "memory.max", "pids.max"}) {
            write(pod, name, "");
        }
    }

    @Test
    void limitsAreWrittenAsVersionTwoWantsThem() throws IOException {
        cgroup.create();
        cgroup.limit(
                Limits.NONE
                        .withCpuShares(1024)
                        .withCpuQuota(-1, 50_000)
                        .withMemory(4096)
                        .withPids(-1));
        assertThat(pod.resolve("cpu.weight")).hasContent("39");
        assertThat(pod.resolve("cpu.max")).hasContent("max 50000");
        assertThat(pod.resolve("memory.max")).hasContent("4096");
        assertThat(pod.resolve("pids.max")).hasContent("max");
    }

    @Test
    void whatItsLimitsHaveDoneIsReadFromWhereVersionTwoHasIt() throws IOException {
        assertThat(cgroup.memoryKills()).isZero();
        assertThat(cgroup.throttled()).isZero();
        write(pod, "memory.events", "low 0\nmax 9\noom 2\noom_kill 1\n");
        write(pod, "cpu.stat", "usage_usec 1500\nnr_periods 12\nnr_throttled 5\n");
        assertThat(cgroup.memoryKills()).isEqualTo(1);
        assertThat(cgroup.throttled()).isEqualTo(5);
    }

    @Test
    void usageIsReadFromWhereVersionTwoHasIt() throws IOException {
        write(pod, "cpu.stat", "usage_usec 1500\nuser_usec 1000\n");
        write(pod, "memory.current", "1000\n");
        write(pod, "memory.stat", "anon 300\nfile 700\ninactive_file 400\n");
        write(pod, "pids.current", "3\n");
        write(pod, "memory.max", "max\n");
        write(pod, "pids.max", "8\n");
        var usage = cgroup.usage();
        assertThat(usage.cpu()).contains(Duration.ofNanos(1_500_000));
        var memory = usage.memory().orElseThrow();
        assertThat(memory.anonymous()).isEqualTo(300);
        assertThat(memory.workingSet()).isEqualTo(600);
        assertThat(memory.limit()).isEmpty();
        assertThat(usage.pids()).contains(new Usage.Pids(3, OptionalLong.of(8)));
    }

    private static void write(Path directory, String name, String text) throws IOException {
        Files.writeString(directory.resolve(name), text);
    }
}
