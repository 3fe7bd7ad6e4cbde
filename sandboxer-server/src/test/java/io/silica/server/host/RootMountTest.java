// SPDX-License-Identifier: Apache-2.0
package io.silica.server.host;

import static org.assertj.core.api.Assertions.assertThat;

import io.silica.linux.Mounts;
import io.silica.linux.leaks.LeakCheck;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What an older kernel needs. */
@LeakCheck
final class RootMountTest {
    @TempDir Path directory;

    @Test
    void layersThatFitIntoAPageFromTheirDirectoryAreMountedFromThere() throws IOException {
        var target = Files.createDirectory(directory.resolve("target"));
        var overlay = overlay(200, "a-rather-long-directory-that-all-layers-are-in");
        assertThat(overlay.together(target)).isTrue();
        try {
            assertThat(target.resolve("from-0")).exists();
            assertThat(target.resolve("from-199")).exists();
            Files.createFile(target.resolve("new"));
        } finally {
            Mounts.unmount(target);
        }
        assertThat(directory.resolve("upper/new")).exists();
    }

    @Test
    void layersThatDoNotFitAreNotTried() throws IOException {
        var target = Files.createDirectory(directory.resolve("target"));
        var overlay = overlay(2, "short");
        var options = List.of(overlay.options().getFirst(), "other=" + "x".repeat(RootMount.PAGE));
        assertThat(new RootMount.Overlay(options).together(target)).isFalse();
        for (var lower : List.of("lowerdir=a:b", "lowerdir=/a,ro:/b")) {
            assertThat(new RootMount.Overlay(List.of(lower)).together(target)).isFalse();
        }
    }

    private RootMount.Overlay overlay(int layers, String name) throws IOException {
        var place = Files.createDirectory(directory.resolve(name));
        for (int i = 0; i < layers; i++) {
            Files.createFile(Files.createDirectory(place.resolve("" + i)).resolve("from-" + i));
        }
        var lower =
                IntStream.range(0, layers)
                        .mapToObj(i -> place.resolve("" + i).toString())
                        .collect(Collectors.joining(":", "lowerdir=", ""));
        var upper = Files.createDirectory(directory.resolve("upper"));
        var work = Files.createDirectory(directory.resolve("work"));
        return new RootMount.Overlay(List.of(lower, "upperdir=" + upper, "workdir=" + work));
    }
}
