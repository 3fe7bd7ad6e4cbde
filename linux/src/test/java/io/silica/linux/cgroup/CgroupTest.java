// SPDX-License-Identifier: Apache-2.0
package io.silica.linux.cgroup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.silica.linux.Child;
import io.silica.linux.Pidfd;
import io.silica.linux.Pipe;
import io.silica.linux.Poller;
import io.silica.linux.Spawn;
import io.silica.linux.leaks.LeakCheck;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** On the cgroups of the machine, whatever version they are. */
@LeakCheck(cgroups = CgroupTest.TOP)
class CgroupTest {
    static final String TOP = "/silica-cgroup-test";

    private static final Duration PATIENCE = Duration.ofSeconds(10);

    private final Hierarchies hierarchies;
    private final Cgroup top;
    private final Cgroup pod;

    CgroupTest() throws IOException {
        hierarchies = Hierarchies.detect();
        top = Cgroup.at(hierarchies, CgroupPath.parse(TOP));
        pod = Cgroup.at(hierarchies, top.path().child("pod"));
    }

    @BeforeEach
    void needsCgroups() {
        boolean writable = hierarchies.roots().stream().allMatch(Files::isWritable);
        assumeTrue(hierarchies.mode() != Hierarchies.Mode.NONE && writable, "no writable cgroups");
        pod.create();
    }

    @AfterEach
    void delete() throws InterruptedException {
        top.delete(PATIENCE);
    }

    @Test
    void itIsMadeAndDeletedInEveryHierarchyAndBothAreIdempotent() throws InterruptedException {
        assertThat(pod.exists()).isTrue();
        assertThat(pod.create().exists()).isTrue();
        top.delete(PATIENCE);
        assertThat(pod.exists()).isFalse();
        top.delete(PATIENCE);
    }

    @Test
    void limitsThatAreSetAreThere() {
        assumeTrue(hierarchies.missing().isEmpty(), "a controller is missing");
        pod.limit(
                Limits.NONE
                        .withMemory(64 << 20)
                        .withPids(17)
                        .withCpuShares(512)
                        .withCpuQuota(50_000, 100_000));
        var usage = pod.usage();
        assertThat(usage.memory().orElseThrow().limit()).hasValue(64 << 20);
        assertThat(usage.pids().orElseThrow().limit()).hasValue(17);
        pod.limit(Limits.NONE.withMemory(-1).withPids(-1).withCpuQuota(-1, 100_000));
        assertThat(pod.usage().memory().orElseThrow().limit()).isEmpty();
        assertThat(pod.usage().pids().orElseThrow().limit()).isEmpty();
    }

    @Test
    void aProcessIsAccountedForAndKeepsTheCgroupBusy() throws InterruptedException {
        assumeTrue(hierarchies.missing().isEmpty(), "a controller is missing");
        try (var poller = Poller.start("cgroup-test");
                var stdin = Pipe.open();
                var child = Spawn.of(Path.of("/bin/cat")).descriptor(0, stdin.reader()).start()) {
            try {
                pod.add(child.pid());
                assertThat(top.processes()).containsExactly(child.pid());
                assertThat(pod.usage().pids().orElseThrow().current()).isOne();
                assertThat(pod.usage().cpu()).isPresent();
                assertThatThrownBy(() -> top.delete(Duration.ofMillis(20)))
                        .isInstanceOf(CgroupException.Busy.class)
                        .hasMessageContaining(TOP);
            } finally {
                end(child, poller);
            }
        }
    }

    /** Another daemon that makes a pod's cgroup may have come no further yet. */
    @Test
    void oneBelowACpusetThatNobodyHasFilledYetTakesProcesses()
            throws IOException, InterruptedException {
        var cpusets = hierarchies.v1().get(Controller.CPUSET);
        assumeTrue(cpusets != null, "cpuset is not mounted as version 1");
        Files.createDirectory(cpusets.resolve(TOP.substring(1)).resolve("other"));
        var container = Cgroup.at(hierarchies, top.path().child("other").child("container"));
        container.create();
        try (var poller = Poller.start("cgroup-test");
                var stdin = Pipe.open();
                var child = Spawn.of(Path.of("/bin/cat")).descriptor(0, stdin.reader()).start()) {
            try {
                container.add(child.pid());
                assertThat(container.processes()).containsExactly(child.pid());
            } finally {
                end(child, poller);
            }
        }
    }

    @Test
    void aProcessThatIsGoneCannotBeAdded() {
        assertThatThrownBy(() -> pod.add(1 << 22))
                .isInstanceOf(CgroupException.class)
                .hasMessageContaining("cgroup.procs");
    }

    @Test
    void aValueThatTheKernelRefusesNamesTheFile() {
        assumeTrue(hierarchies.missing().isEmpty(), "a controller is missing");
        assertThatThrownBy(() -> pod.limit(Limits.NONE.withCpuQuota(1, 1)))
                .isInstanceOf(CgroupException.class)
                .hasMessageContaining("cpu.");
    }

    @Test
    void whatIsNotThereHasNoUsage() {
        var usage = Cgroup.at(hierarchies, top.path().child("none")).usage();
        assertThat(usage.cpu()).isEmpty();
        assertThat(usage.memory()).isEmpty();
        assertThat(usage.pids()).isEmpty();
    }

    @Test
    void aLimitWithoutItsControllerIsRefusedAndEverythingElseWorks() throws InterruptedException {
        var nothing = new Hierarchies(Map.of(), Optional.empty(), Set.of(), false);
        var cgroup = Cgroup.at(nothing, top.path()).create();
        cgroup.limit(Limits.NONE);
        assertThat(cgroup.usage().memory()).isEmpty();
        assertThatThrownBy(() -> cgroup.limit(Limits.NONE.withMemory(1)))
                .isInstanceOf(CgroupException.MissingController.class)
                .hasMessageContainingAll(TOP, "memory");
        cgroup.delete(Duration.ZERO);
    }

    @Test
    void sharesBecomeWeights() {
        assertThat(Limits.weight(2)).isOne();
        assertThat(Limits.weight(1024)).isEqualTo(39);
        assertThat(Limits.weight(262_144)).isEqualTo(10_000);
        assertThat(Limits.weight(0)).isOne();
    }

    private static void end(Child child, Poller poller) throws InterruptedException {
        child.pidfd().signal(Pidfd.SIGKILL);
        child.await(poller, PATIENCE);
    }
}
