// SPDX-License-Identifier: Apache-2.0
package io.silica.wasm;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.silica.linux.SocketType;
import io.silica.linux.UnixAddress;
import io.silica.linux.UnixListener;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Optional;

/**
 * Where a worker is found again: two sockets and a record of which process serves them, in a
 * directory that nobody else may enter.
 */
final class WorkerFiles {
    private static final System.Logger LOG = System.getLogger(WorkerFiles.class.getName());
    private static final int BACKLOG = 128;

    private final Path directory;

    /**
     * @param directory made with mode 0700 if it is missing
     */
    WorkerFiles(Path directory) {
        this.directory = directory;
        try {
            Files.createDirectories(directory);
            Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwx------"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Where it serves calls. */
    Path calls() {
        return directory.resolve("worker.sock");
    }

    /** Where it receives descriptors. */
    Path descriptors() {
        return directory.resolve("worker-fds.sock");
    }

    private Path recordFile() {
        return directory.resolve("worker.record");
    }

    /** Listens on one of the sockets in place of whoever did before. */
    static UnixListener listen(Path socket, SocketType type) {
        try {
            Files.deleteIfExists(socket);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return UnixListener.bind(UnixAddress.of(socket), type, BACKLOG);
    }

    /** Writes down which process serves, so that a crash leaves the old record or the new one. */
    void save(WorkerRecord record) {
        var fresh = directory.resolve("worker.record.new");
        try {
            Files.deleteIfExists(fresh);
            write(fresh, record.text());
            Files.move(fresh, recordFile(), StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void write(Path file, String text) throws IOException {
        try (var channel =
                FileChannel.open(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
            var bytes = ByteBuffer.wrap(text.getBytes(UTF_8));
            while (bytes.hasRemaining()) {
                channel.write(bytes);
            }
            channel.force(true);
        }
    }

    /**
     * What was written down. A record that can't be read is put aside and said so: a worker that it
     * may have named ends by itself when its guests have ended.
     */
    Optional<WorkerRecord> load() {
        try {
            return Optional.of(WorkerRecord.of(Files.readString(recordFile())));
        } catch (NoSuchFileException _) {
            return Optional.empty();
        } catch (IOException | IllegalArgumentException e) {
            LOG.log(System.Logger.Level.ERROR, "the record of the wasm worker is unreadable", e);
            quarantine();
            return Optional.empty();
        }
    }

    private void quarantine() {
        try {
            Files.move(
                    recordFile(),
                    directory.resolve("worker.record.unreadable"),
                    StandardCopyOption.REPLACE_EXISTING);
        } catch (IOException e) {
            LOG.log(System.Logger.Level.WARNING, "it can't be put aside either", e);
        }
    }
}
