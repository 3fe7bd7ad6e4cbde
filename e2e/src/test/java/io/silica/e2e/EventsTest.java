// SPDX-License-Identifier: Apache-2.0
package io.silica.e2e;

import static org.assertj.core.api.Assertions.assertThat;

final class EventsTest {
    @OnEveryContainerd
    void whatHappensToAContainerIsToldOnceAndInOrder(Node node) {
        try (var pod = Pod.run(node);
                var events = Subscription.of(node)) {
            var container = pod.start("hello");

            assertThat(container.awaitExitCode()).isZero();

            Until.passes(() ->
                    assertThat(events.topics(container.id()))
                            .containsExactly(
                                    "/tasks/create",
                                    "/tasks/start",
                                    "/tasks/exit",
                                    "/tasks/delete"));
        }
    }

    @OnEveryContainerd
    void soIsWhatHappensToAProcessThatIsAdded(Node node) {
        try (var pod = AppKernelPods.run(node);
                var events = Subscription.of(node)) {
            var container = Busybox.shell(pod, "sleep 600");

            assertThat(container.run(Busybox.shell("true")).getExitCode()).isZero();
            container.kill();

            Until.passes(() ->
                    assertThat(events.topics(container.id()))
                            .containsExactly(
                                    "/tasks/create",
                                    "/tasks/start",
                                    "/tasks/exec-added",
                                    "/tasks/exec-started",
                                    "/tasks/exit",
                                    "/tasks/exit",
                                    "/tasks/delete"));
        }
    }
}
