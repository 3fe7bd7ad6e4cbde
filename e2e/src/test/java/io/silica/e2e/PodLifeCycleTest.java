// SPDX-License-Identifier: Apache-2.0
package io.silica.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.silica.proto.cri.ContainerState;
import io.silica.proto.cri.PodSandboxState;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;

final class PodLifeCycleTest {
    @OnEveryContainerd
    void aPodIsCreatedRunLoggedStoppedAndRemoved(Node node) {
        var pod = Pod.run(node);
        assertThat(pod.status().getState()).isEqualTo(PodSandboxState.SANDBOX_READY);

        var container = pod.start("hello", "you");
        assertThat(container.awaitExitCode()).isZero();
        assertThat(container.stdout()).isEqualTo("hello from Wasm you\n");
        assertThat(container.status().getReason()).isEqualTo("Completed");

        pod.stop();
        assertThat(pod.status().getState()).isEqualTo(PodSandboxState.SANDBOX_NOTREADY);
        assertThat(container.status().getState()).isEqualTo(ContainerState.CONTAINER_EXITED);

        pod.remove();
        assertThat(node.cri().pods()).isEmpty();
    }

    @OnEveryContainerd
    void aPodCanBeStoppedAndRemovedTwice(Node node) {
        try (var pod = Pod.run(node)) {
            pod.stop();
            pod.stop();
            pod.remove();
            pod.remove();
        }
    }

    @OnEveryContainerd
    void podsShareOneWorker(Node node) {
        try (var first = Pod.run(node);
                var second = Pod.run(node)) {
            first.start("spin").awaitLine("spinning");
            second.start("spin").awaitLine("spinning");

            assertThat(node.workers()).hasSize(1);
        }
    }

    /** As the distribution starts it: confined, and with its archive of classes. */
    @OnEveryContainerd
    void theWorkerIsConfinedAndStartsFromItsArchive(Node node) throws IOException {
        try (var pod = Pod.run(node)) {
            pod.start("spin").awaitLine("spinning");

            var worker = Path.of("/proc", String.valueOf(node.workers().getFirst().pid()));
            assertThat(Files.readAllLines(worker.resolve("status")))
                    .contains("CapEff:\t0000000000000000", "NoNewPrivs:\t1", "Seccomp:\t2");
            assertThat(Files.readAllLines(worker.resolve("maps")))
                    .anyMatch(line -> line.matches(".*/lib/wasm-worker-[0-9a-f]+\\.jsa"));
        }
    }

    @OnEveryContainerd
    void twentyPodsRunAtOnce(Node node) throws Exception {
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Callable<String>> lives =
                    IntStream.range(0, 20)
                            .mapToObj(i -> (Callable<String>) () -> life(node, i))
                            .toList();

            List<String> said = new ArrayList<>();
            for (Future<String> life : threads.invokeAll(lives)) {
                said.add(life.get());
            }

            assertThat(said)
                    .isEqualTo(
                            IntStream.range(0, 20)
                                    .mapToObj(i -> "hello from Wasm " + i + "\n")
                                    .toList());
        }
    }

    private static String life(Node node, int number) {
        try (var pod = Pod.run(node)) {
            var container = pod.start("hello", String.valueOf(number));
            assertThat(container.awaitExitCode()).isZero();
            return container.stdout();
        }
    }
}
