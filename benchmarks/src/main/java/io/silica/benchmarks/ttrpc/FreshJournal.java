// SPDX-License-Identifier: Apache-2.0
package io.silica.benchmarks.ttrpc;

import io.silica.server.journal.Journal;
import io.silica.server.journal.JournalDirectory;
import io.silica.server.journal.JournalOpening;
import io.silica.server.journal.JournalOwner;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * A journal of the size that a daemon's has, in a directory that is made for it and goes with it.
 */
final class FreshJournal implements AutoCloseable {
    private static final long BYTES = 16L << 20;

    private final JournalDirectory directory;
    private final Path path;
    private final Journal journal;

    private FreshJournal(JournalDirectory directory, Path path, Journal journal) {
        this.directory = directory;
        this.path = path;
        this.journal = journal;
    }

    static FreshJournal in(Path path) throws IOException {
        var directory = new JournalDirectory(Files.createDirectory(path));
        var opening = directory.open(BYTES, JournalOwner.now("0".repeat(32)));
        if (opening instanceof JournalOpening.Fresh(Journal journal)) {
            return new FreshJournal(directory, path, journal);
        }
        throw new IOException("no journal: " + opening);
    }

    Journal journal() {
        return journal;
    }

    @Override
    public void close() throws IOException {
        journal.close();
        Files.delete(directory.file());
        Files.delete(path);
    }
}
