// SPDX-License-Identifier: Apache-2.0
package io.silica.wasm.confinement;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

final class SystemLibrariesTest {
    @Test
    void theDirectoriesOfWhatEveryProgramIsLinkedWithCount() throws IOException {
        var libraries =
                SystemLibraries.of(
                        Stream.of(
                                "7f0-7f1 r--p 00000000 fe:00 1      /opt/distribution/native/libnetty.so",
                                "7f0-7f1 r--p 00000000 fe:00 2      /usr/lib/a/libc.so.6",
                                "7f0-7f1 r-xp 00000000 fe:00 2      /usr/lib/a/libc.so.6",
                                "7f0-7f1 r-xp 00000000 fe:00 3      /lib/b/libz.so.1.2.13",
                                "7f0-7f1 r-xp 00000000 fe:00 4      /opt/jdk/lib/server/libjvm.so",
                                "7f0-7f1 rw-p 00000000 00:00 0      [stack]",
                                "7f0-7f1 rw-p 00000000 00:00 0 "));
        assertThat(libraries.directories())
                .containsExactly(Path.of("/lib/b"), Path.of("/usr/lib/a"));
    }

    @Test
    void theLoaderIsWhereProgramsLookForIt() throws IOException {
        var libraries = SystemLibraries.ofThisProcess();
        assertThat(libraries.directories()).isNotEmpty().allMatch(Files::isDirectory);
        libraries
                .loaders()
                .forEach((place, file) -> assertThat(file).isRegularFile().isNotEqualTo(place));
    }
}
