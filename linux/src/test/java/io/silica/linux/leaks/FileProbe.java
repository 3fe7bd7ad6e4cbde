// SPDX-License-Identifier: Apache-2.0
package io.silica.linux.leaks;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** Entries of a directory whose names begin with a prefix. */
final class FileProbe implements Probe {
    private final String kind;
    private final Path directory;
    private final String prefix;

    FileProbe(String kind, Path directory, String prefix) {
        this.kind = kind;
        this.directory = directory;
        this.prefix = prefix;
    }

    @Override
    public String kind() {
        return kind;
    }

    @Override
    public List<String> look() throws IOException {
        if (!Files.isDirectory(directory)) {
            return List.of();
        }
        try (var entries = Files.list(directory)) {
            return entries.filter(e -> e.getFileName().toString().startsWith(prefix))
                    .map(Path::toString)
                    .toList();
        }
    }
}
