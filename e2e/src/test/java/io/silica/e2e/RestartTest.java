// SPDX-License-Identifier: Apache-2.0
package io.silica.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.silica.ctl.cri.CriException;
import java.time.Duration;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

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
            try (var events = Subscription.of(node)) {
                container.kill();
                assertThat(container.awaitExitCode()).isEqualTo(137);
                assertThat(events.awaitExit(container.id()).getExitStatus()).isEqualTo(137);
            }
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
    void outputThatContainerdMissedIsInTheLogWhenItIsBack(Node node) {
        try (var pod = Pod.run(node)) {
            var container = pod.start("tick", "40", "50", "7").awaitLine("3");

            node.containerd().kill();
            Until.holds("the guest's end", () -> readersOfStdout(node) == 0);
            node.containerd().start();

            assertThat(container.awaitExitCode()).isEqualTo(7);
            assertThat(container.stdout()).isEqualTo(numbersUpTo(40));
        }
    }

    /** Of a worker's two ends of a FIFO the one to read from goes with the guest. */
    private static long readersOfStdout(Node node) {
        return node.workers().stream()
                        .flatMap(worker -> OpenFiles.of(worker).stream())
                        .filter(file -> file.endsWith("-stdout"))
                        .count()
                - 1;
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
    void aContainerRunsOnWhenTheDaemonIsKilledAgainAndAgain(Node node) {
        try (var pod = Pod.runWithAddress(node)) {
            var container = pod.start("tick", "60", "50", "7").awaitLine("3");

            node.sandboxer().kill();
            node.sandboxer().kill();

            assertThat(container.awaitExitCode()).isEqualTo(7);
            assertThat(container.stdout()).isEqualTo(numbersUpTo(60));
            pod.awaitFound();
            assertThat(pod.start("hello").awaitExitCode()).isZero();
        }
    }

    @OnEveryContainerd
    void aContainerRunsOnWhenTheDaemonsStandbyTakesItsTurn(Node node) {
        try (var pod = Pod.run(node)) {
            var container = pod.start("tick", "60", "50", "7").awaitLine("3");

            long waits = node.sandboxer().awaitStandby();
            assertThat(node.directory().resolve("wasm/standby")).doesNotExist();
            node.sandboxer().kill();

            assertThat(node.sandboxer().daemonPid()).isEqualTo(waits);
            assertThat(container.awaitExitCode()).isEqualTo(7);
            assertThat(container.stdout()).isEqualTo(numbersUpTo(60));
            assertThat(pod.start("hello").awaitExitCode()).isZero();
        }
    }

    /** Nobody listens for the connection of a new container while there is no supervisor. */
    @OnEveryContainerd
    void aContainerRunsOnWhenTheSupervisorIsKilledAndThenTheDaemonThatItLeft(Node node) {
        try (var pod = Pod.run(node)) {
            var container = pod.start("tick", "100", "50", "7").awaitLine("3");

            long left = node.sandboxer().killSupervisor();
            assertThatThrownBy(() -> pod.start("hello")).isInstanceOf(CriException.class);
            node.sandboxer().superviseAgain();
            assertThat(pod.start("hello").awaitExitCode()).isZero();
            ProcessHandle.of(left).orElseThrow().destroyForcibly();

            assertThat(container.awaitExitCode()).isEqualTo(7);
            assertThat(container.stdout()).isEqualTo(numbersUpTo(100));
            pod.awaitFound();
            assertThat(pod.start("hello").awaitExitCode()).isZero();
        }
    }

    @OnEveryContainerd
    void aContainerWhoseCreationADaemonDiedInTellsAllItsOutputAndItsEnd(Node node) {
        for (var moment : List.of("before", "reserved", "mounted", "done", "noted")) {
            try (var pod = Pod.run(node)) {
                node.sandboxer().armNextLife("task.create.%s=kill".formatted(moment));
                node.sandboxer().kill();
                pod.awaitFound();

                var container = pod.start("tick", "20", "20", "7");

                assertThat(container.awaitExitCode()).as(moment).isEqualTo(7);
                assertThat(container.stdout()).as(moment).isEqualTo(numbersUpTo(20));
                pod.awaitFound();
            }
        }
    }

    @OnEveryContainerd
    void anExitWhileTheDaemonIsDeadIsReportedWithItsCode(Node node) {
        try (var pod = Pod.run(node);
                var events = Subscription.of(node)) {
            var container = pod.start("tick", "10", "50", "9").awaitLine("2");

            try (var _ = node.sandboxer().dead()) {
                container.awaitLine("10");
                Until.holds("the rest of its guest", () -> guestsRest(node));
            }

            assertThat(container.awaitExitCode()).isEqualTo(9);
            assertThat(events.awaitExit(container.id()).getExitStatus()).isEqualTo(9);
            pod.awaitFound();
        }
    }

    @OnEveryContainerd
    void containerdAndTheDaemonKilledAtOnceLoseNothing(Node node) {
        try (var pod = Pod.run(node)) {
            var container = pod.start("tick", "60", "50", "7").awaitLine("3");

            node.containerd().kill();
            node.sandboxer().kill();
            node.containerd().start();

            assertThat(container.awaitExitCode()).isEqualTo(7);
            assertThat(container.stdout()).isEqualTo(numbersUpTo(60));
        }
    }

    /** It gives a daemon two seconds then, so the next life is one that waits. */
    @OnEveryContainerd
    void containerdThatStartsWhileTheDaemonIsDeadFindsItsContainers(Node node) {
        try (var pod = Pod.run(node)) {
            var _ = node.sandboxer().awaitStandby();
            var container = pod.start("tick", "200", "50", "7").awaitLine("3");

            node.containerd().kill();
            try (var _ = node.sandboxer().dead()) {
                node.containerd().begin();
                Until.holds("containerd dialling", node.sandboxer()::isDialled);
            }
            node.containerd().awaitAnswer();

            pod.awaitFound();
            assertThat(container.awaitExitCode()).isEqualTo(7);
            assertThat(container.stdout()).isEqualTo(numbersUpTo(200));
        }
    }

    @OnEveryContainerd
    void aDaemonKilledWhileContainerdFindsItsContainersAgainLosesNone(Node node) {
        try (var pod = Pod.run(node)) {
            var _ = node.sandboxer().awaitStandby();
            var container = pod.start("tick", "200", "50", "7").awaitLine("3");

            node.containerd().kill();
            Until.holds("the end of all connections", () -> node.sandboxer().held() == 0);
            node.containerd().begin();
            Until.holds("containerd dialling", () -> node.sandboxer().held() > 0);
            node.sandboxer().kill();
            node.containerd().awaitAnswer();

            pod.awaitFound();
            assertThat(container.awaitExitCode()).isEqualTo(7);
            assertThat(container.stdout()).isEqualTo(numbersUpTo(200));
        }
    }

    @OnEveryContainerd
    void containerdKilledWhileTheNextDaemonTakesItsContainersOverFindsThemAll(Node node) {
        try (var pod = Pod.run(node)) {
            var container = pod.start("tick", "60", "50", "7").awaitLine("3");

            node.sandboxer().armNextLife("adoption.done=stop");
            long before = node.sandboxer().killed();
            var _ = node.sandboxer().awaitOtherThan(before);
            node.sandboxer().awaitStopped();
            node.containerd().kill();
            node.sandboxer().signal("CONT");
            node.containerd().start();

            pod.awaitFound();
            assertThat(container.awaitExitCode()).isEqualTo(7);
            assertThat(container.stdout()).isEqualTo(numbersUpTo(60));
        }
    }

    private static String numbersUpTo(int last) {
        return IntStream.rangeClosed(1, last)
                .mapToObj(Integer::toString)
                .collect(Collectors.joining("\n", "", "\n"));
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
