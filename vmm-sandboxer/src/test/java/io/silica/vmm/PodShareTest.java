// SPDX-License-Identifier: Apache-2.0
package io.silica.vmm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.silica.linux.MountTable;
import io.silica.linux.leaks.LeakCheck;
import io.silica.proto.guest.GuestMount;
import io.silica.sandbox.MountSpec;
import io.silica.sandbox.SandboxException;
import io.silica.sandbox.Stdio;
import io.silica.vmm.storage.PodShare;
import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;

/** What a guest sees of the host's files; the kernel decides. */
@LeakCheck
@EnabledIfSystemProperty(named = "user.name", matches = "root", disabledReason = "it mounts")
final class PodShareTest {
    @TempDir Path directory;
    private Path image;
    private Path volume;
    private PodShare share;

    @BeforeEach
    void createShare() throws IOException {
        image = Files.createDirectory(directory.resolve("image"));
        volume = Files.createDirectory(directory.resolve("volume"));
        share = new PodShare(Files.createDirectory(directory.resolve("pod")));
        share.create();
    }

    @AfterEach
    void removeShare() {
        share.remove();
        share.remove();
        assertThat(MountTable.read().below(directory)).isEmpty();
    }

    @Test
    void theRootFileSystemIsThereAndCannotBeWritten() throws IOException {
        Files.writeString(image.resolve("file"), "of the image");
        share.add(PodInMemory.config(image, Stdio.NONE, List.of(), "sleep"));
        var root = share.exported().resolve(PodShare.rootfs(PodInMemory.ID));
        assertThat(root.resolve("file")).hasContent("of the image");
        readOnly(root);
        assertThat(MountTable.read().at(root).orElseThrow().options())
                .contains("ro", "nosuid", "nodev");
    }

    @Test
    void nothingCanBeWrittenBesideWhatIsShown() {
        readOnly(share.exported());
    }

    @Test
    void volumesAreShownReadOnlyOrNotAndFilesAsFiles() throws IOException {
        var file = Files.writeString(directory.resolve("hosts"), "127.0.0.1 localhost");
        var mounts =
                share.add(
                        PodInMemory.config(
                                image,
                                Stdio.NONE,
                                List.of(
                                        bind(volume, "/data", "rw"),
                                        bind(volume, "/config", "ro"),
                                        bind(file, "/etc/hosts", "ro")),
                                "sleep"));
        assertThat(mounts)
                .extracting(GuestMount::getDestination)
                .containsExactly("/data", "/config", "/etc/hosts");
        assertThat(mounts).extracting(GuestMount::getReadOnly).containsExactly(false, true, true);
        Files.writeString(seen(mounts.get(0)).resolve("written"), "by the guest");
        assertThat(volume.resolve("written")).hasContent("by the guest");
        readOnly(seen(mounts.get(1)));
        assertThat(seen(mounts.get(2))).hasContent("127.0.0.1 localhost");
    }

    @Test
    void whatAVolumeIsReplacedByLaterIsNotFollowed() throws IOException {
        Files.writeString(volume.resolve("mine"), "");
        var mounts = share.add(container(bind(volume, "/data", "rw")));
        Files.move(volume, directory.resolve("moved"));
        Files.createSymbolicLink(volume, Path.of("/etc"));
        assertThat(seen(mounts.getFirst())).isDirectoryContaining(it -> it.endsWith("mine"));
    }

    @Test
    void aVolumeThatIsNotThereIsRefusedByNameAndNothingIsLeft() {
        var config = container(bind(directory.resolve("nowhere"), "/data", "rw"));
        assertThatThrownBy(() -> share.add(config))
                .isInstanceOf(SandboxException.InvalidArgument.class)
                .hasMessageContaining("nowhere");
        assertThat(share.exported()).isEmptyDirectory();
    }

    @Test
    void aDeviceOfTheHostIsRefusedAsAVolume() {
        var config = container(bind(Path.of("/dev/null"), "/data", "rw"));
        assertThatThrownBy(() -> share.add(config))
                .isInstanceOf(SandboxException.Unsupported.class)
                .hasMessageContaining("/data");
    }

    @Test
    void aContainerIsReplacedByALaterOneOfItsIdAndRemovedWithoutItsVolumes() throws IOException {
        Files.writeString(volume.resolve("mine"), "kept");
        share.add(container(bind(volume, "/data", "rw")));
        share.add(container(bind(volume, "/data", "rw")));
        share.remove(PodInMemory.ID);
        share.remove(PodInMemory.ID);
        assertThat(share.exported()).isEmptyDirectory();
        assertThat(volume.resolve("mine")).hasContent("kept");
    }

    private io.silica.sandbox.ContainerConfig container(MountSpec mount) {
        return PodInMemory.config(image, Stdio.NONE, List.of(mount), "sleep");
    }

    private Path seen(GuestMount mount) {
        return share.exported().resolve(mount.getSource());
    }

    private static MountSpec bind(Path source, String destination, String mode) {
        return new MountSpec("bind", source.toString(), destination, List.of("rbind", mode));
    }

    private static void readOnly(Path place) {
        assertThatThrownBy(() -> Files.createFile(place.resolve("new")))
                .isInstanceOf(FileSystemException.class)
                .hasMessageContaining("Read-only");
    }
}
