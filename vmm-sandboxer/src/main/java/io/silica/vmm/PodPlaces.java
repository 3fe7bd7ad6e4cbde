// SPDX-License-Identifier: Apache-2.0
package io.silica.vmm;

import io.silica.linux.FileTree;
import io.silica.linux.MountTable;
import io.silica.sandbox.ContainerId;
import io.silica.sandbox.SandboxException;
import io.silica.sandbox.SandboxId;
import io.silica.sandbox.ShortName;
import io.silica.vmm.storage.PodShare;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Optional;

/**
 * Where the files of one pod are. Its directory is named by a digest, because paths of sockets are
 * in it, which must be short.
 *
 * <pre>
 *   id              the sandbox's
 *   session         how many lives of the daemon have dealt with it
 *   vsock_5000      where the agent's calls arrive
 *   machine/        the back end's
 *   share/ exported/ what the guest sees of the host's files
 *   process-ID      what the first process of a container is
 *   written-NAME    how much of an output stream is in its FIFO
 * </pre>
 *
 * @param directory the pod's
 */
record PodPlaces(Path directory) {
    /** The port of the host that agents dial (guest.proto). */
    private static final String AGENT_PORT = "_5000";

    private static final int NAME_LENGTH = 20;

    static PodPlaces of(Path parent, SandboxId id) {
        return new PodPlaces(parent.resolve(ShortName.of(id.value(), NAME_LENGTH)));
    }

    /** All that there are. */
    static List<PodPlaces> all(Path parent) {
        if (!Files.isDirectory(parent)) {
            return List.of();
        }
        try (var entries = Files.list(parent)) {
            return entries.map(PodPlaces::new).toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    Path machine() {
        return directory.resolve("machine");
    }

    /** The path without a port. */
    Path vsock() {
        return directory.resolve("vsock");
    }

    Path agent() {
        return directory.resolve("vsock" + AGENT_PORT);
    }

    PodShare share() {
        return new PodShare(directory);
    }

    /** Makes them, for nobody but us. */
    void create(SandboxId id) {
        directory(directory);
        write("id", id.value().getBytes(StandardCharsets.UTF_8));
    }

    /** Whose they are; empty if they are not complete. */
    Optional<SandboxId> owner() {
        try {
            return read("id").map(it -> new SandboxId(new String(it, StandardCharsets.UTF_8)));
        } catch (SandboxException.InvalidArgument _) {
            return Optional.empty();
        }
    }

    boolean exist() {
        return Files.isDirectory(directory, LinkOption.NOFOLLOW_LINKS);
    }

    /** The number of this life; each call counts one more. */
    long nextSession() {
        long next = read("session").map(PodPlaces::number).orElse(0L) + 1;
        write("session", Long.toString(next).getBytes(StandardCharsets.US_ASCII));
        return next;
    }

    /** Of a file that nobody but us writes, and whole. */
    private static long number(byte[] text) {
        return Long.parseLong(new String(text, StandardCharsets.US_ASCII));
    }

    void writeProcess(ContainerId id, byte[] process) {
        write("process-" + id, process);
    }

    byte[] process(ContainerId id) {
        return read("process-" + id)
                .orElseThrow(() ->
                        new SandboxException.NotFound(
                                "nobody knows what container \"%s\" runs".formatted(id)));
    }

    void removeProcess(ContainerId id) {
        try {
            Files.deleteIfExists(directory.resolve("process-" + id));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /**
     * Removes all of it; links are removed, not followed.
     *
     * @throws SandboxException.Failed if something is mounted in it, which would be removed, too
     */
    void remove() {
        if (!MountTable.read().below(directory).isEmpty()) {
            throw new SandboxException.Failed(
                    "cannot remove %s: something is still mounted there".formatted(directory));
        }
        try {
            if (exist()) {
                FileTree.remove(directory);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Makes a directory of mode 0700; its parent is there. */
    static void directory(Path path) {
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
    static synchronized void directoryIfMissing(Path path) {
        if (!Files.isDirectory(path)) {
            directory(path);
        }
    }

    /** Writes a file that is there whole or not at all. */
    private void write(String name, byte[] content) {
        try {
            var next = directory.resolve("new-" + name);
            Files.write(next, content);
            Files.move(next, directory.resolve(name), StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private Optional<byte[]> read(String name) {
        try {
            return Optional.of(Files.readAllBytes(directory.resolve(name)));
        } catch (NoSuchFileException _) {
            return Optional.empty();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
