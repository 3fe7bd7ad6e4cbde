// SPDX-License-Identifier: Apache-2.0
package io.silica.server.record;

import java.io.IOException;
import java.lang.System.Logger.Level;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Where files are kept that could not be used. Nothing is ever replaced or deleted here. Any
 * thread.
 */
final class Quarantine {
    private static final System.Logger LOG = System.getLogger(Quarantine.class.getName());

    private final Path directory;
    private final AtomicInteger kept = new AtomicInteger();

    Quarantine(Path store) {
        this.directory = store.resolve("quarantine");
    }

    /**
     * Moves a file aside and reports it. Answers where it lies now: if it cannot be moved, where it
     * was.
     */
    Path keep(Path file, String reason) {
        kept.incrementAndGet();
        try {
            PrivateDirectory.ensure(directory);
            var kept = moveToFreeName(file);
            LOG.log(
                    Level.WARNING,
                    "record " + file + " cannot be used: " + reason + "; it is kept as " + kept);
            return kept;
        } catch (IOException e) {
            LOG.log(
                    Level.ERROR,
                    "record "
                            + file
                            + " cannot be used: "
                            + reason
                            + "; nor can it be moved to "
                            + directory,
                    e);
            return file;
        }
    }

    /** How many files it was given. */
    int kept() {
        return kept.get();
    }

    private Path moveToFreeName(Path file) throws IOException {
        for (int i = 0; ; i++) {
            var target = directory.resolve(file.getFileName() + (i == 0 ? "" : "." + i));
            // Asked first, for a rename on Linux replaces a file silently. The directory is ours
            // alone.
            if (!Files.exists(target, LinkOption.NOFOLLOW_LINKS)) {
                return Files.move(file, target);
            }
        }
    }
}
