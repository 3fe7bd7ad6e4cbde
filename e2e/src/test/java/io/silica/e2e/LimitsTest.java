// SPDX-License-Identifier: Apache-2.0
package io.silica.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.silica.ctl.cri.CriException;
import io.silica.proto.cri.LinuxContainerConfig;
import io.silica.proto.cri.LinuxContainerResources;
import io.silica.proto.cri.PodSandboxConfig;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

final class LimitsTest {
    private static final LinuxContainerResources HALF_A_CPU =
            LinuxContainerResources.newBuilder().setCpuQuota(50_000).setCpuPeriod(100_000).build();

    static final LinuxContainerConfig FOUR_MEBIBYTES = limits(memory(4 << 20));

    @OnEveryContainerd
    void aPodWithACpuLimitHasAWorkerInItsCgroupAsLongAsItIsThere(Node node) {
        try (var pod = Pod.run(node, config -> limited(Pod.onHostNetwork(config)));
                var other = Pod.run(node)) {
            pod.start("spin", config -> config.setLinux(limits(HALF_A_CPU))).awaitLine("spinning");
            other.start("spin").awaitLine("spinning");
            assertThat(workersIn(node, pod)).hasSize(1);
            assertThat(workersIn(node, other)).isEmpty();

            node.sandboxer().kill();

            assertThat(workersIn(node, pod)).hasSize(1);
            pod.stop();
            Until.passes(() -> assertThat(workersIn(node, pod)).isEmpty());
        }
    }

    @OnEveryContainerd
    void theDeathOfAWorkerIsToldOfEachOfItsContainersAndOfNoOther(Node node) {
        try (var pod = Pod.run(node, config -> limited(Pod.onHostNetwork(config)));
                var other = Pod.run(node);
                var events = Subscription.of(node)) {
            var ended =
                    Stream.generate(() -> pod.start("sleep", "86400000").awaitLine("sleeping"))
                            .limit(2)
                            .toList();
            var goesOn = other.start("spin").awaitLine("spinning");

            workersIn(node, pod).getFirst().destroyForcibly();

            for (var container : ended) {
                assertThat(container.awaitExitCode()).isEqualTo(137);
                assertThat(events.awaitExit(container.id()).getExitStatus()).isEqualTo(137);
            }
            assertThat(goesOn.isRunning()).isTrue();
            assertThat(pod.start("hello").awaitExitCode()).isZero();
        }
    }

    private static PodSandboxConfig.Builder limited(PodSandboxConfig.Builder config) {
        config.getLinuxBuilder().setResources(HALF_A_CPU);
        return config;
    }

    @OnEveryContainerd
    void aContainerThatEatsItsMemoryLimitIsOomKilledAndItsNeighbourIsNot(Node node) {
        try (var pod = Pod.run(node)) {
            var neighbour = pod.start("spin").awaitLine("spinning");
            var eats = pod.start("eat", config -> config.setLinux(FOUR_MEBIBYTES));

            assertThat(eats.awaitExitCode()).isEqualTo(134);

            Until.passes(() -> assertThat(eats.status().getReason()).isEqualTo("OOMKilled"));
            assertThat(neighbour.isRunning()).isTrue();
        }
    }

    /** A limit that is less than what is used is refused, and the former one stays. */
    @OnEveryContainerd
    void theMemoryLimitsOfARunningContainerAndOfItsPodAreChangedOrTheRefusalSaysWhy(Node node) {
        try (var pod = Pod.run(node, config -> limitedInMemory(Pod.onHostNetwork(config)))) {
            var spins = pod.start("spin", config -> config.setLinux(FOUR_MEBIBYTES));
            spins.awaitLine("spinning");
            Until.passes(() -> assertThat(available(node, spins)).isBetween(1L, 4L << 20));

            spins.update(memory(8 << 20));

            Until.passes(() -> assertThat(available(node, spins)).isGreaterThan(4 << 20));
            assertThatThrownBy(() -> spins.update(memory(4096)))
                    .isInstanceOf(CriException.class)
                    .hasMessageContaining("4096");
            assertThatThrownBy(() -> spins.update(HALF_A_CPU))
                    .isInstanceOf(CriException.class)
                    .hasMessageContaining("other pods share its worker");
            if (node.build().updatesPods()) {
                pod.update(memory(16 << 20));
                assertThatThrownBy(() -> pod.update(memory(4096)))
                        .isInstanceOf(CriException.class)
                        .hasMessageContaining("have taken");
            }
            assertThat(spins.isRunning()).isTrue();
        }
    }

    private static PodSandboxConfig.Builder limitedInMemory(PodSandboxConfig.Builder config) {
        config.getLinuxBuilder().setResources(memory(8 << 20));
        return config;
    }

    /** What its limit leaves it. */
    private static long available(Node node, PodContainer container) {
        return node.cri().containerStats(container.id()).getMemory().getAvailableBytes().getValue();
    }

    private static LinuxContainerResources memory(long limit) {
        return LinuxContainerResources.newBuilder().setMemoryLimitInBytes(limit).build();
    }

    private static LinuxContainerConfig limits(LinuxContainerResources resources) {
        return LinuxContainerConfig.newBuilder().setResources(resources).build();
    }

    private static List<ProcessHandle> workersIn(Node node, Pod pod) {
        return node.workers().stream().filter(it -> cgroup(it).contains(pod.id())).toList();
    }

    private static String cgroup(ProcessHandle process) {
        try {
            return Files.readString(Path.of("/proc/%d/cgroup".formatted(process.pid())));
        } catch (NoSuchFileException _) {
            return ""; // It has ended.
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
