// SPDX-License-Identifier: Apache-2.0
package io.silica.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;

final class RestartTest {
    private static final Duration MOMENT = Duration.ofMillis(500);

    @OnEveryContainerd
    void aPodGoesOnOverARestartOfContainerd(Node node) {
        try (var pod = Pod.run(node)) {
            var container = pod.start("spin").awaitLine("spinning");

            node.containerd().terminate();
            node.containerd().start();

            assertThat(pod.isReady()).isTrue();
            assertThat(container.isRunning()).isTrue();
            assertThat(pod.start("hello").awaitExitCode()).isZero();
            container.kill();
            assertThat(container.awaitExitCode()).isEqualTo(137);
        }
    }

    @OnEveryContainerd
    void aPodGoesOnOverACrashOfContainerd(Node node) {
        try (var pod = Pod.runWithAddress(node)) {
            var container = pod.start("spin").awaitLine("spinning");

            node.containerd().kill();
            node.containerd().start();

            assertThat(pod.isReady()).isTrue();
            assertThat(container.isRunning()).isTrue();
        }
    }

    @OnEveryContainerd
    void anExitThatContainerdMissedIsReportedWhenItIsBack(Node node) {
        try (var pod = Pod.run(node)) {
            var container = pod.start("sleep", "1500").awaitLine("sleeping");

            node.containerd().kill();
            node.containerd().start();

            assertThat(container.awaitExitCode()).isZero();
        }
    }

    @OnEveryContainerd
    void aPodIsKnownAfterARestartOfTheSandboxerAndItsContainerIsReportedDead(Node node) {
        try (var pod = Pod.run(node)) {
            var container = pod.start("spin").awaitLine("spinning");

            node.sandboxer().terminate();
            node.sandboxer().start();

            container.awaitExit();
            Until.holds("the pod ready", pod::isReady);
            Until.holds("the rest of its guest", () -> guestsRest(node));
            assertThat(pod.start("hello").awaitExitCode()).isZero();
        }
    }

    @OnEveryContainerd
    void aCrashOfTheSandboxerLeavesNothingBehind(Node node) {
        try (var pod = Pod.runWithAddress(node)) {
            var container = pod.start("spin").awaitLine("spinning");

            node.sandboxer().kill();

            container.awaitExit();
            Until.holds("the pod ready", pod::isReady);
            Until.holds("the rest of its guest", () -> guestsRest(node));
        }
    }

    /** Whether no guest loops: over a moment the workers use less than half of a processor. */
    private static boolean guestsRest(Node node) {
        Duration before = cpuOfWorkers(node);
        try {
            Thread.sleep(MOMENT);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
        return cpuOfWorkers(node).minus(before).compareTo(MOMENT.dividedBy(2)) < 0;
    }

    private static Duration cpuOfWorkers(Node node) {
        return node.workers().stream()
                .flatMap(worker -> worker.info().totalCpuDuration().stream())
                .reduce(Duration.ZERO, Duration::plus);
    }
}
