// SPDX-License-Identifier: Apache-2.0
package io.silica.linux;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Optional;

/**
 * Files of the daemon's own, which nobody else can reach. What fails is an UncheckedIOException.
 */
public final class OwnFiles {
    private OwnFiles() {}

    /** Makes a directory of mode 0700; its parent is there. */
    public static void directory(Path path) {
        try {
            Files.createDirectory(
                    path,
                    PosixFilePermissions.asFileAttribute(
                            PosixFilePermissions.fromString("rwx------")));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The same where it may be there. */
    public static synchronized void directoryIfMissing(Path path) {
        if (!Files.isDirectory(path)) {
            directory(path);
        }
    }

    /** The directories in one; none if it is not there. */
    public static List<Path> directories(Path path) {
        if (!Files.isDirectory(path)) {
            return List.of();
        }
        try (var entries = Files.list(path)) {
            return entries.filter(Files::isDirectory).toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Writes a file that is there whole or not at all. */
    public static void write(Path path, byte[] content) {
        try {
            // No name of ours begins so, whatever an id ends with.
            var next = path.resolveSibling("new-" + path.getFileName());
            Files.write(next, content);
            Files.move(next, path, StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Reads a file, if it is there. */
    public static Optional<byte[]> read(Path path) {
        try {
            return Optional.of(Files.readAllBytes(path));
        } catch (NoSuchFileException _) {
            return Optional.empty();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Removes one file, which may be a socket, if it is there; never what is below it. */
    public static void removeFile(Path path) {
        try {
            Files.deleteIfExists(path);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
