// SPDX-License-Identifier: Apache-2.0
package io.silica.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** Containers of a runtime handler with {@code io_type = "streaming"}. */
final class StreamedStdioTest {
    private static final String HANDLER = "wasm-streaming";

    @OnEveryContainerd
    void outputIsWholeAndKeepsItsStreams(Node node) {
        try (var pod = Pod.runAs(HANDLER, node)) {
            var counts = pod.start("count", "20000");
            var both = pod.start("stderr");
            var fails = pod.start("exit-code", "42");

            assertThat(counts.awaitExitCode()).isZero();
            assertThat(counts.stdout()).isEqualTo(numbersUpTo(20_000));
            assertThat(both.awaitExitCode()).isZero();
            assertThat(both.stdout()).isEqualTo("this is stdout\n");
            assertThat(both.stderr()).isEqualTo("this is stderr\n");
            assertThat(fails.awaitExitCode()).isEqualTo(42);
        }
    }

    /** What containerd had taken and not yet written to the log it loses. */
    @OnEveryContainerd
    void outputGoesOnOverARestartOfContainerd(Node node) {
        try (var pod = Pod.runAs(HANDLER, node)) {
            var container = pod.start("tick", "40", "50", "7").awaitLine("3");

            node.containerd().kill();
            node.containerd().start();

            assertThat(container.awaitExitCode()).isEqualTo(7);
            var printed = container.stdout().lines().map(Integer::valueOf).toList();
            assertThat(printed).isSorted().doesNotHaveDuplicates().endsWith(39, 40);
        }
    }

    @OnEveryContainerd
    void aContainerRunsOnUnheardWhenTheDaemonIsKilledAndItsEndIsTold(Node node) {
        try (var pod = Pod.runAs(HANDLER, node)) {
            var container = pod.start("tick", "40", "50", "7").awaitLine("3");

            node.sandboxer().kill();

            assertThat(container.awaitExitCode()).isEqualTo(7);
            assertThat(container.stdout()).startsWith(numbersUpTo(3));
            var next = pod.start("count", "100");
            assertThat(next.awaitExitCode()).isZero();
            assertThat(next.stdout()).isEqualTo(numbersUpTo(100));
        }
    }

    private static String numbersUpTo(int last) {
        return IntStream.rangeClosed(1, last).mapToObj(i -> i + "\n").collect(Collectors.joining());
    }
}
