// SPDX-License-Identifier: Apache-2.0
package io.silica.appkernel.quark;

import static org.assertj.core.api.Assertions.assertThat;

import io.silica.appkernel.OnStandIn;
import io.silica.linux.MountTable;
import io.silica.linux.Mounts;
import io.silica.linux.leaks.LeakCheck;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is unmounted in a tree that a stranger can change. */
@LeakCheck
@OnStandIn
final class QuarkPlacesTest {
    @TempDir Path directory;
    private Path own;
    private Path place;
    private Path outside;

    @BeforeEach
    void mount() throws IOException {
        own = Files.createDirectory(directory.resolve("own"));
        place = Files.createDirectories(own.resolve("parent/place"));
        outside = Files.createDirectories(directory.resolve("outside/place"));
        Mounts.mount("tmpfs", "tmpfs", place, List.of());
        Mounts.mount("tmpfs", "tmpfs", outside, List.of());
    }

    @AfterEach
    void unmountAll() {
        MountTable.read().below(directory).forEach(mount -> Mounts.detach(mount.point()));
    }

    /** It can come between the look at what is mounted and the unmounting. */
    @Test
    void aLinkInPlaceOfAParentLeadsNoUnmountOut() throws IOException {
        Files.move(place.getParent(), own.resolve("moved"));
        Files.createSymbolicLink(place.getParent(), outside.getParent());
        QuarkPlaces.detach(own, place);
        assertThat(MountTable.read().at(outside)).isPresent();
        QuarkPlaces.detachAll(own, own);
        assertThat(MountTable.read().below(own)).isEmpty();
        assertThat(MountTable.read().at(outside)).isPresent();
    }

    @Test
    void whatIsMountedBelowAndAboveGoesAsWell() throws IOException {
        Mounts.mount("tmpfs", "tmpfs", place, List.of());
        var below = Files.createDirectory(place.resolve("below"));
        Mounts.mount("tmpfs", "tmpfs", below, List.of());
        QuarkPlaces.detachAll(own, own.resolve("parent"));
        assertThat(MountTable.read().below(own)).isEmpty();
        assertThat(MountTable.read().at(outside)).isPresent();
    }
}
