// SPDX-License-Identifier: Apache-2.0
package io.silica.e2e;

import static org.assertj.core.api.Assertions.assertThat;

/** What {@link EveryKindTest} does not ask for of figures. */
final class StatisticsTest {
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
}
