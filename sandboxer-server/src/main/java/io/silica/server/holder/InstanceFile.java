// SPDX-License-Identifier: Apache-2.0
package io.silica.server.holder;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.silica.sandbox.SandboxException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Optional;

/**
 * Where a daemon writes down which instance of a holder keeps its connections: if the next life
 * finds that instance, the connections are those that containerd knows its containers by.
 */
public final class InstanceFile {
    private static final String INSTANCE = "[0-9a-f]{32}";
    private static final int MOST_BYTES = 64;

    private final Path path;

    /**
     * @param path in the state directory
     */
    public InstanceFile(Path path) {
        this.path = path;
    }

    /** The instance; empty if none was written down, or nothing that could be one. */
    public Optional<String> read() {
        try (var file = Files.newInputStream(path)) {
            var text = new String(file.readNBytes(MOST_BYTES), US_ASCII).strip();
            return Optional.of(text).filter(it -> it.matches(INSTANCE));
        } catch (NoSuchFileException _) {
            return Optional.empty();
        } catch (IOException e) {
            throw new SandboxException.Failed(
                    "cannot read %s: %s".formatted(path, e.getMessage()), e);
        }
    }

    /** Writes it down, whole or not at all. */
    public void write(String instance) {
        var written = path.resolveSibling(path.getFileName() + ".new");
        try {
            Files.deleteIfExists(written);
            Files.createFile(
                    written,
                    PosixFilePermissions.asFileAttribute(
                            PosixFilePermissions.fromString("rw-------")));
            Files.writeString(written, instance + "\n");
            Files.move(written, path, StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException e) {
            throw new SandboxException.Failed(
                    "cannot write %s: %s".formatted(path, e.getMessage()), e);
        }
    }

    /** Forgets it: nobody keeps the connections. */
    public void delete() {
        try {
            Files.deleteIfExists(path);
        } catch (IOException e) {
            throw new SandboxException.Failed(
                    "cannot remove %s: %s".formatted(path, e.getMessage()), e);
        }
    }
}
