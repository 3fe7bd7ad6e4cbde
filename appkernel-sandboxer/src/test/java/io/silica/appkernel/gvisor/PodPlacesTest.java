// SPDX-License-Identifier: Apache-2.0
package io.silica.appkernel.gvisor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.silica.sandbox.ContainerId;
import io.silica.sandbox.SandboxId;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What can be removed of the files of a pod. Whatever goes wrong is in a temporary directory. */
final class PodPlacesTest {
    @TempDir Path directory;
    private Path precious;
    private Path pods;
    private PodPlaces places;

    @BeforeEach
    void makeAPodBesideSomethingPrecious() throws IOException {
        precious = Files.createDirectories(directory.resolve("precious/execs/one"));
        pods = Files.createDirectory(directory.resolve("pods"));
        places = PodPlaces.of(pods, new SandboxId("pod"));
        places.create(new SandboxId("pod"), GvisorNetwork.HOST);
    }

    @Test
    void aDirectoryOfThePodIsRemovedWithWhatIsInIt() throws IOException {
        var container = places.container(new ContainerId("c"));
        Files.createDirectories(container.resolve("execs/one"));
        places.remove(container);
        assertThat(container).doesNotExist();
        places.remove(container);
    }

    @Test
    void aLinkIsRemovedAndNotFollowed() throws IOException {
        var link = places.container(new ContainerId("c"));
        Files.createSymbolicLink(link, directory.resolve("precious"));
        places.remove(link);
        assertThat(link).doesNotExist();
        Files.createSymbolicLink(link, directory.resolve("precious"));
        places.remove();
        assertThat(places.directory()).doesNotExist();
        assertThat(precious).exists();
    }

    @Test
    void nothingOutsideOfThePodIsRemoved() throws IOException {
        var link = places.container(new ContainerId("c"));
        Files.createSymbolicLink(link, directory.resolve("precious"));
        var elsewhere = new PodPlaces(pods.resolve("link"));
        Files.createSymbolicLink(elsewhere.directory(), directory.resolve("precious"));
        refuses(places, precious);
        refuses(places, places.directory());
        refuses(places, places.directory().resolve(".."));
        refuses(places, places.directory().resolve("../../precious"));
        refuses(places, link.resolve("execs/one"));
        refuses(elsewhere, elsewhere.directory().resolve("execs"));
        assertThat(precious).exists();
        assertThat(places.owner()).isPresent();
    }

    private static void refuses(PodPlaces places, Path path) {
        assertThatThrownBy(() -> places.remove(path))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("is not in");
    }
}
