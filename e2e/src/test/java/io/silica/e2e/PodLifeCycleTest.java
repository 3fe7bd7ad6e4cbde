// SPDX-License-Identifier: Apache-2.0
package io.silica.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.silica.proto.cri.ContainerState;
import io.silica.proto.cri.PodSandboxState;

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
    void aPodOfItsOwnNetworkHasAnAddress(Node node) {
        try (var pod = Pod.runWithAddress(node)) {
            assertThat(pod.status().getNetwork().getIp()).startsWith("10.");
            assertThat(pod.start("hello").awaitExitCode()).isZero();
        }
    }
}
