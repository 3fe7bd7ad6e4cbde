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

            events.awaitTopic(container.id(), "/tasks/delete");
            pod.stop();
            events.awaitAnother(node);

            assertThat(events.topics(container.id()))
                    .containsExactly(
                            "/tasks/create", "/tasks/start", "/tasks/exit", "/tasks/delete");
        }
    }
}
