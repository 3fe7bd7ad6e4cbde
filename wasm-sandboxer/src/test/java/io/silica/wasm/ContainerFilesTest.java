// SPDX-License-Identifier: Apache-2.0
package io.silica.wasm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.silica.linux.leaks.LeakCheck;
import io.silica.sandbox.ContainerConfig;
import io.silica.sandbox.ContainerId;
import io.silica.sandbox.MountSpec;
import io.silica.sandbox.OciSpec;
import io.silica.sandbox.ProcessSpec;
import io.silica.sandbox.Resources;
import io.silica.sandbox.SandboxId;
import io.silica.sandbox.Stdio;
import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the worker is handed, tried without any of the worker's own checks. */
@LeakCheck
final class ContainerFilesTest {
    @TempDir Path directory;
    private Path volume;
    private ContainerFiles files;

    @BeforeEach
    void begin() throws IOException {
        assumeTrue("root".equals(System.getProperty("user.name")), "mounts");
        var rootfs = Files.createDirectory(directory.resolve("rootfs"));
        Files.createFile(rootfs.resolve("app.wasm"));
        volume = Files.createDirectory(directory.resolve("volume"));
        Files.writeString(volume.resolve("file"), "contents");
        files = ContainerFiles.open(config(rootfs), List::of);
    }

    @AfterEach
    void end() {
        if (files != null) {
            files.close();
        }
    }

    @Test
    void whatIsAboveADirectoryCannotBeReachedFromIt() throws IOException {
        for (var preopen : files.description().getPreopensList()) {
            var root = path(preopen.getDirectory());
            assertThat(Files.isSameFile(root.resolve(".."), root)).isTrue();
            assertThat(root.resolve("../volume")).doesNotExist();
        }
    }

    @Test
    void aReadOnlyDirectoryIsSoToTheKernelAndTheOtherIsNot() throws IOException {
        var root = path(files.description().getPreopens(0).getDirectory());
        var written = path(files.description().getPreopens(1).getDirectory());
        assertThatExceptionOfType(FileSystemException.class)
                .isThrownBy(() -> Files.createFile(root.resolve("new")))
                .withMessageContaining("Read-only");
        Files.writeString(written.resolve("new"), "new");
        assertThat(volume.resolve("new")).hasContent("new");
    }

    @Test
    void aDeviceInAVolumeIsNone() throws Exception {
        var device = volume.resolve("zero");
        var mknod = new ProcessBuilder("mknod", device.toString(), "c", "1", "5").start();
        assumeTrue(mknod.waitFor() == 0, "makes devices");
        var given = path(files.description().getPreopens(1).getDirectory()).resolve("zero");
        assertThat(given).exists();
        assertThatExceptionOfType(IOException.class).isThrownBy(() -> Files.newByteChannel(given));
    }

    @Test
    void nothingIsMountedWhereOthersSeeIt() throws IOException {
        assertThat(Files.readString(Path.of("/proc/self/mountinfo")))
                .doesNotContain(directory.toString());
    }

    private Path path(int descriptor) {
        return Path.of("/proc/self/fd/" + files.descriptors().get(descriptor).number());
    }

    private ContainerConfig config(Path rootfs) {
        var process =
                new ProcessSpec(List.of("/app.wasm"), List.of(), "/", ProcessSpec.User.ROOT, false);
        var mount = new MountSpec("bind", volume.toString(), "/data", List.of("rbind", "rw"));
        var spec =
                new OciSpec(
                        process,
                        true,
                        Optional.empty(),
                        List.of(mount),
                        Map.of(),
                        Optional.empty(),
                        new Resources(0, 0, 0, 0),
                        "{}");
        return new ContainerConfig(
                new ContainerId("c1"), new SandboxId("s1"), directory, rootfs, spec, Stdio.NONE);
    }
}
