// SPDX-License-Identifier: Apache-2.0
package io.silica.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.silica.proto.cri.Mount;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.io.TempDir;

final class VolumeTest {
    /** WASI's errno for a file system that is read-only, which the examples exit with. */
    private static final int READ_ONLY = 69;

    @TempDir private Path volume;

    @OnEveryContainerd
    void aReadOnlyVolumeCanBeReadAndNotWritten(Node node) throws IOException {
        Files.writeString(volume.resolve("note"), "of the host");
        try (var pod = Pod.run(node)) {
            var reader = start(pod, "cat", true, "/data/note");
            assertThat(reader.awaitExitCode()).isZero();
            assertThat(reader.stdout()).isEqualTo("of the host");

            assertThat(start(pod, "write", true, "/data/new", "text").awaitExitCode())
                    .isEqualTo(READ_ONLY);
        }
        assertThat(volume.resolve("new")).doesNotExist();
    }

    @OnEveryContainerd
    void whatIsWrittenToAVolumeIsOnTheHost(Node node) {
        try (var pod = Pod.run(node)) {
            assertThat(start(pod, "write", false, "/data/new", "of the guest").awaitExitCode())
                    .isZero();
        }
        assertThat(volume.resolve("new")).hasContent("of the guest");
    }

    @OnEveryContainerd
    void whatIsWrittenToTheRootFileSystemIsTheContainersOwn(Node node) {
        try (var pod = Pod.run(node)) {
            assertThat(pod.start("write", "/new", "text").awaitExitCode()).isZero();

            assertThat(pod.start("cat", "/new").awaitExitCode()).isNotZero();
        }
    }

    private PodContainer start(Pod pod, String example, boolean readOnly, String... args) {
        var mount =
                Mount.newBuilder()
                        .setContainerPath("/data")
                        .setHostPath(volume.toString())
                        .setReadonly(readOnly);
        return pod.start(example, config -> config.addMounts(mount).addAllArgs(List.of(args)));
    }
}
