// SPDX-License-Identifier: Apache-2.0
package io.silica.examples;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class ExampleImagesTest {
    @Test
    void aTarNamesItsImageAndItsModuleForLinux(@TempDir Path directory) throws Exception {
        Path tar = directory.resolve("hello.tar");

        ExampleImage.of("hello").writeTar(tar);

        assertThat(Files.readString(tar, StandardCharsets.ISO_8859_1))
                .contains("silica/hello:1")
                .contains("\"/hello.wasm\"")
                .contains("\"architecture\":\"amd64\"")
                .contains("\"os\":\"linux\"");
    }

    @Test
    void equalImagesGiveEqualTars(@TempDir Path directory) throws Exception {
        ExampleImage.of("hello").writeTar(directory.resolve("one"));
        ExampleImage.of("hello").writeTar(directory.resolve("two"));

        assertThat(directory.resolve("one")).hasSameBinaryContentAs(directory.resolve("two"));
    }

    @Test
    void everyModuleAndThePauseImageGetATar(@TempDir Path directory) throws Exception {
        List<Path> tars = ExampleImages.writeAll(directory.resolve("made"), "example.org/pause:9");

        assertThat(tars).hasSize(ExampleModules.names().size() + 1).allMatch(Files::isRegularFile);
        assertThat(
                        Files.readString(
                                directory.resolve("made/pause.tar"), StandardCharsets.ISO_8859_1))
                .contains("example.org/pause:9");
    }
}
