// SPDX-License-Identifier: Apache-2.0
package io.silica.wasm.confinement;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class BubblewrapTest {
    @TempDir Path directory;

    @Test
    void itIsTheFirstOnThePathThatCanBeRun() throws IOException {
        var first = Files.createDirectory(directory.resolve("first"));
        var second = Files.createDirectory(directory.resolve("second"));
        Files.createFile(first.resolve("bwrap"));
        var program = Files.createFile(second.resolve("bwrap"));
        assertThat(program.toFile().setExecutable(true)).isTrue();

        assertThat(Bubblewrap.on("relative:" + first + "::" + second)).contains(program);
        assertThat(Bubblewrap.on(first.toString())).isEmpty();
        assertThat(Bubblewrap.on("")).isEmpty();
    }
}
