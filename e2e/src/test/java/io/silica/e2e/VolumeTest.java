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
    void whatIsWrittenToTheRootFileSystemIsTheContainersOwn(Node node) {
        try (var pod = Pod.run(node)) {
            assertThat(pod.start("write", "/new", "text").awaitExitCode()).isZero();

            assertThat(pod.start("cat", "/new").awaitExitCode()).isNotZero();
        }
    }

    /** As the kubelet mounts hosts, and what a volume's subPath names. */
    @OnEveryContainerd
    void singleFilesAreInTheirPlaces(Node node) throws IOException {
        var key = Files.writeString(volume.resolve("key"), "of the host");
        try (var pod = Pod.run(node)) {
            var hosts = pod.start("cat", "/etc/hosts");
            assertThat(hosts.awaitExitCode()).isZero();
            assertThat(hosts.stdout()).contains("localhost");

            var reader = start(pod, "cat", mount("/config/key", key, true), "/config/key");
            assertThat(reader.awaitExitCode()).isZero();
            assertThat(reader.stdout()).isEqualTo("of the host");
            var writer = mount("/config/key", key, true);
            assertThat(start(pod, "write", writer, "/config/key", "text").awaitExitCode())
                    .isEqualTo(READ_ONLY);
        }
        assertThat(key).hasContent("of the host");
    }

    private static Mount mount(String path, Path source, boolean readOnly) {
        return Mount.newBuilder()
                .setContainerPath(path)
                .setHostPath(source.toString())
                .setReadonly(readOnly)
                .build();
    }

    private static PodContainer start(Pod pod, String example, Mount mount, String... args) {
        return pod.start(example, config -> config.addMounts(mount).addAllArgs(List.of(args)));
    }
}
