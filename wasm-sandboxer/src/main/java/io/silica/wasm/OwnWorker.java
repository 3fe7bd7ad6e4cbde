// SPDX-License-Identifier: Apache-2.0
package io.silica.wasm;

import io.silica.linux.FileTree;
import io.silica.sandbox.SandboxException;
import io.silica.sandbox.SandboxId;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;

/**
 * The worker that one pod has to itself: started when a container first needs it, ended with the
 * pod. There are two after an upgrade across more than one version of their protocol. Everything of
 * it lies in one directory, which says whose it is. Any thread may call any method.
 */
final class OwnWorker implements AutoCloseable {
    private static final String OWNER = "sandbox";

    private static final FileAttribute<?> PRIVATE =
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------"));

    private final SandboxId owner;
    private final Path directory;
    private final Workers workers;
    private boolean ended;

    /**
     * @param directory need not exist
     * @param workers those in the directory
     */
    OwnWorker(SandboxId owner, Path directory, Workers workers) {
        this.owner = owner;
        this.directory = directory;
        this.workers = workers;
    }

    /**
     * Whose a directory is.
     *
     * @throws java.nio.file.NoSuchFileException if nobody has come to write it down
     */
    static SandboxId owner(Path directory) throws IOException {
        return new SandboxId(Files.readString(directory.resolve(OWNER)));
    }

    /**
     * One that lives, started if need be.
     *
     * @param protocol as {@link Workers#get} takes it
     * @throws SandboxException.WrongState if it was ended
     */
    synchronized Worker get(int protocol) {
        if (ended) {
            throw new SandboxException.WrongState(
                    "the worker of sandbox \"%s\" has ended with it".formatted(owner));
        }
        claim();
        return workers.get(protocol);
    }

    /** Those that live. */
    synchronized List<Worker> existing() {
        return Files.isDirectory(directory) ? workers.existing() : List.of();
    }

    /** Before anything is in there that somebody would have to end. */
    private void claim() {
        try {
            Files.createDirectories(directory, PRIVATE);
            if (Files.notExists(directory.resolve(OWNER))) {
                var fresh = Files.writeString(directory.resolve("sandbox.new"), owner.value());
                Files.move(fresh, directory.resolve(OWNER), StandardCopyOption.ATOMIC_MOVE);
            }
            if (!owner(directory).equals(owner)) {
                throw new SandboxException.Failed(
                        "sandbox \"%s\" would have its worker where another has it"
                                .formatted(owner));
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /**
     * Ends it with all that it has, and leaves nothing of it. Doing it twice is harmless.
     *
     * @throws SandboxException.TimedOut if it does not end
     */
    synchronized void end() {
        ended = true;
        existing().forEach(Worker::kill);
        workers.close();
        delete();
    }

    private void delete() {
        try {
            FileTree.remove(directory);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Lets go of it; it lives on. */
    @Override
    public void close() {
        workers.close();
    }
}
