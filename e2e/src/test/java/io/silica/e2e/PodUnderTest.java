// SPDX-License-Identifier: Apache-2.0
package io.silica.e2e;

import io.silica.proto.cri.PodSandboxConfig;
import java.util.function.UnaryOperator;

/**
 * A pod of a kind that the sentences of {@link EveryKindTest} share, for a virtual machine boots
 * for a while.
 */
record PodUnderTest(Node node, Kind kind, Pod pod) implements AutoCloseable {
    static PodUnderTest run(Node node, Kind kind) {
        return new PodUnderTest(node, kind, kind.run(node));
    }

    Guests guests() {
        return kind.guests();
    }

    Sandboxer sandboxer() {
        return kind.sandboxer(node);
    }

    /** Runs another pod of the kind. */
    Pod another(UnaryOperator<PodSandboxConfig.Builder> change) {
        return kind.run(node, change);
    }

    /** Removes what a sentence has made. */
    void removeContainers() {
        node.cri().containers().stream()
                .filter(container -> container.getPodSandboxId().equals(pod.id()))
                .forEach(container -> node.cri().removeContainer(container.getId()));
    }

    @Override
    public void close() {
        pod.close();
    }
}
