// SPDX-License-Identifier: Apache-2.0
package io.silica.proto;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.DescriptorProtos.FileDescriptorSet;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * Our .proto files beside the Go modules of containerd and of CRI, as src/test/go pins them.
 *
 * <p>Needs Go; without it the tests are skipped and say so.
 */
class WireConformanceTest {

    /**
     * What the packages that we cover have besides. All packages without an entry here are
     * complete: sandboxes, tasks, CRI, statistics and options.
     */
    private static final Set<String> LEFT_OUT =
            Set.of(
                    // containerd's events about what is stored, not about what runs
                    "containerd.events.ContentCreate",
                    "containerd.events.ContentDelete",
                    "containerd.events.NamespaceCreate",
                    "containerd.events.NamespaceDelete",
                    "containerd.events.NamespaceUpdate",
                    "containerd.events.SnapshotCommit",
                    "containerd.events.SnapshotPrepare",
                    "containerd.events.SnapshotRemove",
                    // containerd's mount manager, which asks no sandboxer
                    "containerd.types.ActivationInfo",
                    "containerd.types.ActiveMount",
                    "containerd.types.MountCapabilities",
                    // images on their way to or from registries and archives
                    "containerd.types.transfer.AuthRequest",
                    "containerd.types.transfer.AuthResponse",
                    "containerd.types.transfer.AuthType",
                    "containerd.types.transfer.ContainerPath",
                    "containerd.types.transfer.HTTPDebug",
                    "containerd.types.transfer.ImageExportStream",
                    "containerd.types.transfer.ImageImportStream",
                    "containerd.types.transfer.ImageReference",
                    "containerd.types.transfer.ImageStore",
                    "containerd.types.transfer.OCIRegistry",
                    "containerd.types.transfer.ReadStream",
                    "containerd.types.transfer.RegistryResolver",
                    "containerd.types.transfer.UnpackConfiguration",
                    "containerd.types.transfer.WriteStream",
                    // the client's view of a task, in containerd's own Tasks service
                    "containerd.v1.types.Process",
                    // an older form of metadata that ttrpc no longer sends
                    "ttrpc.StringList");

    private WireFacts ours = WireFacts.of(FileDescriptorSet.getDefaultInstance());
    private WireFacts real = ours;

    /** Before each test: JUnit does not count the tests of a class that is skipped as a whole. */
    @BeforeEach
    void readBothSides() throws IOException, InterruptedException {
        real = WireFacts.of(GoModules.descriptors());
        ours =
                WireFacts.of(
                        FileDescriptorSet.parseFrom(
                                Files.readAllBytes(Path.of("target", "silica.binpb"))));
    }

    @Test
    void everyFactIsTheRealOneAndNoneIsMissing() {
        var covered =
                ours.renamed("silica.ttrpc.Status", "google.rpc.Status")
                        .renamed("silica.ttrpc", "ttrpc")
                        .inPackages(name -> !name.startsWith("silica."));

        assertThat(covered.deviationsFrom(real, LEFT_OUT)).isEmpty();
    }

    /** For the task server knows the messages of version 3 only and answers both. */
    @Test
    void version2OfTheTaskServiceHasTheShapesOfVersion3() {
        var version2 = real.inPackages("containerd.task.v2"::equals);
        var version3 = real.inPackages("containerd.task.v3"::equals);

        assertThat(version2.renamed("containerd.task.v2", "containerd.task.v3"))
                .isEqualTo(version3);
    }
}
