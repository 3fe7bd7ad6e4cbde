// SPDX-License-Identifier: Apache-2.0
package io.silica.linux.cgroup;

import static org.assertj.core.api.Assertions.assertThat;

import io.silica.linux.MountTable;
import io.silica.linux.MountTable.Mount;
import io.silica.linux.cgroup.Hierarchies.Mode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class HierarchiesTest {
    private static final List<String> MEMBERSHIP = List.of("1:cpu:/", "0::/");

    private final List<Mount> mounts = new ArrayList<>();

    @TempDir private Path directory;

    @Test
    void versionOneWithAnEmptyVersionTwoBesideItIsVersionOne() throws IOException {
        v1("/", "cpu", "cpuacct");
        v1("/", "memory");
        v1("/", "name=systemd");
        v2("/", "");
        var found = detect();
        assertThat(found.mode()).isEqualTo(Mode.V1);
        assertThat(found.v1())
                .containsOnlyKeys(Controller.CPU, Controller.CPUACCT, Controller.MEMORY);
        assertThat(found.missing()).containsExactlyInAnyOrder(Controller.CPUSET, Controller.PIDS);
        assertThat(found.roots()).hasSize(2);
        assertThat(found.hidden()).isFalse();
    }

    @Test
    void versionTwoAccountsWithoutCpuacct() throws IOException {
        v2("/", "cpuset cpu io memory pids\n");
        var found = detect();
        assertThat(found.mode()).isEqualTo(Mode.V2);
        assertThat(found.missing()).isEmpty();
        assertThat(found.roots()).containsExactly(directory.resolve("2"));
    }

    @Test
    void controllersHereAndThereAreHybrid() throws IOException {
        v1("/", "cpu");
        v2("/", "memory pids");
        assertThat(detect().mode()).isEqualTo(Mode.HYBRID);
        assertThat(detect().roots()).hasSize(2);
    }

    @Test
    void nothingMountedIsNone() throws IOException {
        assertThat(detect().mode()).isEqualTo(Mode.NONE);
        assertThat(detect().missing()).containsExactlyInAnyOrder(Controller.values());
    }

    @Test
    void aMountOfAPartAndAPathAboveTheRootAreReported() throws IOException {
        v1("/docker/x", "memory");
        assertThat(detect().hidden()).isTrue();
        assertThat(
                        Hierarchies.detect(new MountTable(List.of()), List.of("0::/../outside"))
                                .hidden())
                .isTrue();
    }

    private Hierarchies detect() throws IOException {
        return Hierarchies.detect(new MountTable(mounts), MEMBERSHIP);
    }

    private void v1(String root, String... controllers) {
        var point = directory.resolve("1" + String.join(",", controllers));
        var options = new ArrayList<>(List.of(controllers));
        options.add("rw");
        mounts.add(
                new Mount(
                        1, 0, root, point, Set.of("rw"), "cgroup", "cgroup", Set.copyOf(options)));
    }

    private void v2(String root, String controllers) throws IOException {
        var point = Files.createDirectory(directory.resolve("2"));
        Files.writeString(point.resolve("cgroup.controllers"), controllers);
        mounts.add(new Mount(2, 0, root, point, Set.of("rw"), "cgroup2", "cgroup2", Set.of("rw")));
    }
}
