// SPDX-License-Identifier: Apache-2.0
package io.silica.server.record;

import io.silica.sandbox.SandboxException;
import io.silica.sandbox.SandboxId;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import tools.jackson.core.JacksonException;

/**
 * One record per sandbox, each in a file of its own.
 *
 * <p>Any thread may call any method; all block on the disk. Of two saves under one id at a time
 * either may be the last.
 */
public final class RecordStore<T> {
    private static final System.Logger LOG = System.getLogger(RecordStore.class.getName());
    private static final String SUFFIX = ".json";

    private final Path directory;
    private final RecordFormat<T> format;
    private final Quarantine quarantine;
    private final AtomicLong writes = new AtomicLong();

    private RecordStore(Path directory, RecordFormat<T> format) {
        this.directory = directory;
        this.format = format;
        this.quarantine = new Quarantine(directory);
    }

    /**
     * Opens the store in a directory, which is created if need be, and removes what unfinished
     * writes have left.
     *
     * @throws SandboxException.Failed if the directory cannot be used
     */
    public static <T> RecordStore<T> open(Path directory, RecordFormat<T> format) {
        try {
            PrivateDirectory.ensure(directory);
            removeUnfinished(directory);
            return new RecordStore<>(directory, format);
        } catch (IOException e) {
            throw new SandboxException.Failed(
                    "cannot open the records in " + directory + ": " + e.getMessage(), e);
        }
    }

    /**
     * Reads all records, in the order of their names. Each file that cannot be used is moved aside
     * and reported, and hinders no other.
     *
     * @throws SandboxException.Failed if the directory cannot be listed
     */
    public List<LoadedRecord<T>> load() {
        var loaded = new ArrayList<LoadedRecord<T>>();
        for (var file : files()) {
            loaded.add(load(file));
        }
        return List.copyOf(loaded);
    }

    /**
     * Writes a record in place of the one before, if there is one. Once this returns it survives a
     * loss of power; if it throws, the one before is untouched.
     *
     * @throws SandboxException.Exhausted if it is larger than the format allows
     * @throws SandboxException.Failed if it cannot be written
     */
    public void save(SandboxId id, T content) {
        try {
            replace(file(id), encode(id, content));
        } catch (IOException | JacksonException e) {
            throw new SandboxException.Failed(
                    "cannot save the record of sandbox \"" + id + "\": " + e.getMessage(), e);
        }
    }

    /**
     * Deletes a record, if there is one.
     *
     * @throws SandboxException.Failed if it cannot be deleted
     */
    public void delete(SandboxId id) {
        try {
            if (Files.deleteIfExists(file(id))) {
                PrivateDirectory.sync(directory);
            }
        } catch (IOException e) {
            throw new SandboxException.Failed(
                    "cannot delete the record of sandbox \"" + id + "\": " + e.getMessage(), e);
        }
    }

    /**
     * Moves a record aside that is whole and yet makes no sense to its reader, and reports it.
     *
     * @param reason why, for the operator
     */
    public void quarantine(SandboxId id, String reason) {
        var _ = quarantine(file(id), reason);
    }

    /** How many records could not be used, and were moved aside if that was possible. */
    public int quarantined() {
        return quarantine.kept();
    }

    private byte[] encode(SandboxId id, T content) {
        byte[] encoded = RecordEnvelope.write(format, content);
        if (encoded.length > format.maxSize().bytes()) {
            throw new SandboxException.Exhausted(
                    "cannot save the record of sandbox \"%s\": it has %d bytes, more than %s"
                            .formatted(id, encoded.length, format.maxSize()));
        }
        return encoded;
    }

    private void replace(Path file, byte[] content) throws IOException {
        var unfinished =
                directory.resolve(
                        "." + file.getFileName() + "." + writes.incrementAndGet() + ".tmp");
        try {
            write(unfinished, content);
            Files.move(unfinished, file, StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException e) {
            Files.deleteIfExists(unfinished);
            throw e;
        }
        PrivateDirectory.sync(directory);
    }

    private static void write(Path file, byte[] content) throws IOException {
        try (FileChannel channel = PrivateDirectory.createFile(file)) {
            var rest = ByteBuffer.wrap(content);
            while (rest.hasRemaining()) {
                channel.write(rest);
            }
            channel.force(true);
        }
    }

    private LoadedRecord<T> load(Path file) {
        try {
            var id = id(file);
            byte[] content = RecordFile.read(file, format.maxSize().bytes());
            return new LoadedRecord.Usable<>(id, RecordEnvelope.read(format, content));
        } catch (UntrustedRecordException e) {
            return quarantine(file, e.reason());
        } catch (IOException e) {
            return quarantine(file, "it cannot be read: " + e.getMessage());
        }
    }

    private LoadedRecord<T> quarantine(Path file, String reason) {
        return new LoadedRecord.Quarantined<>(
                String.valueOf(file.getFileName()), reason, quarantine.keep(file, reason));
    }

    private List<Path> files() {
        try (var entries = Files.newDirectoryStream(directory, "*" + SUFFIX)) {
            var files = new ArrayList<Path>();
            entries.forEach(files::add);
            return files.stream().sorted().toList();
        } catch (IOException e) {
            throw new SandboxException.Failed(
                    "cannot list the records in " + directory + ": " + e.getMessage(), e);
        }
    }

    private Path file(SandboxId id) {
        return directory.resolve(id.value() + SUFFIX);
    }

    private static SandboxId id(Path file) throws UntrustedRecordException {
        var name = String.valueOf(file.getFileName());
        try {
            return new SandboxId(name.substring(0, name.length() - SUFFIX.length()));
        } catch (SandboxException.InvalidArgument _) {
            throw new UntrustedRecordException("its name is not that of a sandbox");
        }
    }

    private static void removeUnfinished(Path directory) throws IOException {
        try (var entries = Files.newDirectoryStream(directory, ".*.tmp")) {
            for (var entry : entries) {
                LOG.log(Level.INFO, "removing " + entry + ": a write that did not finish");
                Files.delete(entry);
            }
        }
    }
}
