// SPDX-License-Identifier: Apache-2.0
package io.silica.ctl.cri;

import static org.assertj.core.api.Assertions.assertThat;

import io.silica.proto.cri.ContainerState;
import io.silica.proto.cri.ContainerStatus;
import io.silica.proto.cri.ImageSpec;
import org.junit.jupiter.api.Test;

final class MessageTreeTest {
    @Test
    void whatIsSetIsThereByTheNamesOfProtobufsJsonAndSoAreDefaults() {
        var tree =
                MessageTree.of(
                        ContainerStatus.newBuilder()
                                .setId("c")
                                .setState(ContainerState.CONTAINER_EXITED)
                                .setFinishedAt(Long.MAX_VALUE)
                                .setExitCode(3)
                                .setImage(ImageSpec.newBuilder().setImage("i"))
                                .putLabels("a.b/c", "d")
                                .putLabels("", "")
                                .build());

        assertThat(tree.get("id").asString()).isEqualTo("c");
        assertThat(tree.get("state").asString()).isEqualTo("CONTAINER_EXITED");
        assertThat(tree.get("finishedAt").asString()).isEqualTo("9223372036854775807");
        assertThat(tree.get("exitCode").asInt()).isEqualTo(3);
        assertThat(tree.at("/image/image").asString()).isEqualTo("i");
        assertThat(tree.get("labels").get("a.b/c").asString()).isEqualTo("d");
        assertThat(tree.get("labels").get("").asString()).isEmpty();
        assertThat(tree.get("reason").asString("absent")).isEmpty();
        assertThat(tree.get("mounts").isArray()).isTrue();
        assertThat(tree.has("metadata")).isFalse();
    }
}
