// SPDX-License-Identifier: Apache-2.0
package io.silica.linux;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class FileTreeTest {
    @TempDir private Path directory;

    @Test
    void aTreeGoesAndWhatItsLinksLeadToStays() throws IOException {
        var kept = Files.createDirectory(directory.resolve("kept"));
        Files.writeString(kept.resolve("file"), "kept");
        var tree = Files.createDirectories(directory.resolve("tree/below"));
        Files.writeString(tree.resolve("file"), "removed");
        Files.createSymbolicLink(tree.resolve("link"), kept);

        FileTree.remove(directory.resolve("tree"));

        assertThat(directory.resolve("tree")).doesNotExist();
        assertThat(kept.resolve("file")).hasContent("kept");
    }

    @Test
    void ofALinkOnlyTheLinkGoes() throws IOException {
        var kept = Files.createDirectory(directory.resolve("kept"));
        var link = Files.createSymbolicLink(directory.resolve("link"), kept);

        FileTree.remove(link);

        assertThat(Files.isSymbolicLink(link)).isFalse();
        assertThat(kept).isDirectory();
    }

    @Test
    void whatIsNotThereIsNoFailure() throws IOException {
        FileTree.remove(directory.resolve("nothing"));
    }
}
