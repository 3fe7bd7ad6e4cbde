// SPDX-License-Identifier: Apache-2.0
package io.silica.server.stream;

import io.silica.linux.Descriptor;
import io.silica.linux.FileTree;
import io.silica.linux.LinuxException;
import io.silica.linux.NamedPipe;
import io.silica.linux.OpenFlag;
import io.silica.sandbox.SandboxException;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/**
 * The FIFOs of one sandbox. There is no directory before the first one.
 *
 * @param path the sandbox's own, by construction
 */
record StreamDirectory(Path path) {
    /**
     * Makes a FIFO in the place of one that an earlier try has left, and opens it.
     *
     * <p>Preconditions: the directory is there.
     */
    Descriptor create(String name) {
        Path fifo = fifo(name);
        try {
            Files.deleteIfExists(fifo);
            NamedPipe.make(fifo);
        } catch (IOException | LinuxException e) {
            throw failed("make", fifo, e);
        }
        return open(name);
    }

    /** Makes the directory, unless it is there: several processes may begin at a time. */
    void make() {
        try {
            makeDirectory();
        } catch (IOException e) {
            throw failed("make", path, e);
        }
    }

    private void makeDirectory() throws IOException {
        try {
            Files.createDirectory(
                    path,
                    PosixFilePermissions.asFileAttribute(
                            PosixFilePermissions.fromString("rwx------")));
        } catch (FileAlreadyExistsException e) {
            if (!Files.isDirectory(path, LinkOption.NOFOLLOW_LINKS)) {
                throw e;
            }
        }
    }

    /** Opens one that is there. */
    Descriptor open(String name) {
        Path fifo = fifo(name);
        try {
            return Descriptor.open(
                    fifo, OpenFlag.READ_WRITE, OpenFlag.NON_BLOCKING, OpenFlag.NO_FOLLOW);
        } catch (LinuxException e) {
            throw failed("open", fifo, e);
        }
    }

    Path fifo(String name) {
        return path.resolve(name);
    }

    void remove(String name) {
        Path fifo = fifo(name);
        try {
            Files.deleteIfExists(fifo);
        } catch (IOException e) {
            throw failed("remove", fifo, e);
        }
    }

    /** Removes what is not among these. */
    void keepOnly(Set<String> names) {
        for (String name : names()) {
            if (!names.contains(name)) {
                remove(name);
            }
        }
    }

    /** Removes it with all that is in it. */
    void delete() {
        try {
            FileTree.remove(path);
        } catch (IOException e) {
            throw failed("remove", path, e);
        }
    }

    private List<String> names() {
        if (!Files.isDirectory(path, LinkOption.NOFOLLOW_LINKS)) {
            return List.of();
        }
        try (Stream<Path> entries = Files.list(path)) {
            return entries.map(it -> it.getFileName().toString()).toList();
        } catch (IOException e) {
            throw failed("list", path, e);
        }
    }

    private static SandboxException failed(String what, Path path, Exception cause) {
        return new SandboxException.Failed(
                "cannot %s %s: %s".formatted(what, path, cause.getMessage()), cause);
    }
}
