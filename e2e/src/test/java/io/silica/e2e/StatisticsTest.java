// SPDX-License-Identifier: Apache-2.0
package io.silica.e2e;

import static org.assertj.core.api.Assertions.assertThat;

final class StatisticsTest {
    @OnEveryContainerd
    void aContainerHasFiguresOfItsOwn(Node node) {
        try (var pod = Pod.run(node)) {
            var container = pod.start("spin").awaitLine("spinning");

            Until.passes(() -> {
                var stats = node.cri().containerStats(container.id());
                assertThat(stats.getCpu().getUsageCoreNanoSeconds().getValue()).isPositive();
                assertThat(stats.getMemory().getWorkingSetBytes().getValue()).isPositive();
            });
        }
    }

    @OnEveryContainerd
    void anIdleContainerUsesLessThanASpinningOne(Node node) {
        try (var pod = Pod.run(node)) {
            var idle = pod.start("sleep", "600000").awaitLine("sleeping");
            var busy = pod.start("spin").awaitLine("spinning");

            Until.passes(() ->
                    assertThat(cpu(node, busy)).isGreaterThan(1_000_000_000L + cpu(node, idle)));
        }
    }

    @OnEveryContainerd
    void aPodHasFigures(Node node) {
        try (var pod = Pod.run(node)) {
            pod.start("spin").awaitLine("spinning");

            Until.passes(() -> {
                var linux = node.cri().podStats(pod.id()).getLinux();
                assertThat(linux.hasCpu()).isTrue();
                if (node.build().asksForPodFigures()) {
                    assertThat(linux.getCpu().getUsageCoreNanoSeconds().getValue()).isPositive();
                }
            });
        }
    }

    @OnEveryContainerd
    void theListOfAllPodsFiguresSurvivesAPodThatIsStopped(Node node) {
        try (var running = Pod.run(node);
                var stopped = Pod.run(node)) {
            running.start("spin").awaitLine("spinning");
            stopped.stop();

            Until.passes(() ->
                    assertThat(node.cri().allPodStats())
                            .anyMatch(s -> s.getAttributes().getId().equals(running.id())));
        }
    }

    private static long cpu(Node node, PodContainer container) {
        return node.cri()
                .containerStats(container.id())
                .getCpu()
                .getUsageCoreNanoSeconds()
                .getValue();
    }
}
