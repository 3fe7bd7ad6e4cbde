// SPDX-License-Identifier: Apache-2.0
package io.silica.server.journal;

import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Comparator;
import java.util.List;

/**
 * Where a daemon keeps its journal, and those of its journals that it could not use: of these the
 * last {@value #KEPT}, for each is as large as any. Preconditions: only the daemon's user can enter
 * the directory, and one daemon at a time opens the journal.
 */
public final class JournalDirectory {
    private static final Logger LOGGER = System.getLogger(JournalDirectory.class.getName());
    private static final String DAMAGED = "damaged-";
    private static final int KEPT = 3;
    private static final int PAGE = 4096;

    private final Path path;
    private final Runnable beforeFresh;

    public JournalDirectory(Path path) {
        this(path, () -> {});
    }

    /**
     * The same.
     *
     * @param beforeFresh called before a journal is begun that tells of none of the connections of
     *     the last one
     */
    public JournalDirectory(Path path, Runnable beforeFresh) {
        this.path = path;
        this.beforeFresh = beforeFresh;
    }

    /** The file. */
    public Path file() {
        return path.resolve("journal");
    }

    /**
     * Opens the journal, be it an old one or a new one. Never throws for what it finds.
     *
     * @param bytes how long the file is to be
     * @param owner whose connections it is to tell of
     */
    public JournalOpening open(long bytes, JournalOwner owner) {
        try {
            Files.deleteIfExists(next());
            return Files.exists(file(), LinkOption.NOFOLLOW_LINKS)
                    ? openOld(halfBytes(bytes), owner)
                    : new JournalOpening.Fresh(create(halfBytes(bytes), owner));
        } catch (IOException e) {
            next().toFile().delete();
            return new JournalOpening.Unusable(reason(e));
        }
    }

    private JournalOpening openOld(int halfBytes, JournalOwner owner) throws IOException {
        try {
            var old = JournalFile.open(file());
            try {
                return continued(old, halfBytes, owner);
            } catch (DamagedJournalException | IOException | RuntimeException e) {
                old.close();
                throw e;
            }
        } catch (DamagedJournalException e) {
            return damaged(String.valueOf(e.getMessage()), halfBytes, owner);
        }
    }

    private JournalOpening continued(JournalFile old, int halfBytes, JournalOwner owner)
            throws IOException, DamagedJournalException {
        if (!old.owner().equals(owner)) {
            old.close();
            return new JournalOpening.Outdated(create(halfBytes, owner));
        }
        var connections = TrackedConnections.of(old.half());
        return new JournalOpening.Continued(
                new Journal(resized(old, halfBytes, connections, owner), connections, owner));
    }

    /** The size may have been configured anew; if what there is does not fit, it stays as it is. */
    private JournalFile resized(
            JournalFile old, int halfBytes, TrackedConnections connections, JournalOwner owner)
            throws IOException {
        if (old.halfBytes() == halfBytes || connections.ledger().cost() > halfBytes / 2) {
            return old;
        }
        var resized = JournalFile.create(next(), halfBytes, owner);
        connections.move(old.half(), resized.half());
        old.close();
        return inPlace(resized);
    }

    private JournalOpening damaged(String reason, int halfBytes, JournalOwner owner)
            throws IOException {
        var kept = setAside();
        LOGGER.log(Level.ERROR, "the journal cannot be used: {0}; it is kept as {1}", reason, kept);
        return new JournalOpening.Damaged(create(halfBytes, owner), reason, kept);
    }

    private Journal create(int halfBytes, JournalOwner owner) throws IOException {
        beforeFresh.run();
        var file = inPlace(JournalFile.create(next(), halfBytes, owner));
        return new Journal(file, new TrackedConnections(), owner);
    }

    private JournalFile inPlace(JournalFile made) throws IOException {
        try {
            Files.move(next(), file(), StandardCopyOption.ATOMIC_MOVE);
            return made;
        } catch (IOException e) {
            made.close();
            throw e;
        }
    }

    private Path setAside() throws IOException {
        var damaged = damaged();
        int number = damaged.isEmpty() ? 0 : number(damaged.getLast()) + 1;
        var kept = path.resolve(DAMAGED + number);
        Files.move(file(), kept);
        for (int i = 0; i <= damaged.size() - KEPT; i++) {
            Files.delete(damaged.get(i));
        }
        return kept;
    }

    private List<Path> damaged() throws IOException {
        try (var files = Files.list(path)) {
            return files.filter(file -> name(file).matches(DAMAGED + "\\d{1,9}"))
                    .sorted(Comparator.comparingInt(JournalDirectory::number))
                    .toList();
        }
    }

    private static int number(Path damaged) {
        return Integer.parseInt(name(damaged).substring(DAMAGED.length()));
    }

    private static String name(Path file) {
        return String.valueOf(file.getFileName());
    }

    /** What is made beside the journal and then takes its place at once. */
    private Path next() {
        return path.resolve("journal.new");
    }

    private static int halfBytes(long bytes) {
        return Math.toIntExact((bytes - JournalHeader.BYTES) / 2 / PAGE * PAGE);
    }

    private static String reason(IOException e) {
        return e instanceof FileSystemException failure
                ? failure.getFile() + ": " + failure.getReason()
                : String.valueOf(e.getMessage());
    }
}
