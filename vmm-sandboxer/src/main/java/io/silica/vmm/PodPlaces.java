// SPDX-License-Identifier: Apache-2.0
package io.silica.vmm;

import io.silica.linux.FileTree;
import io.silica.linux.MountTable;
import io.silica.linux.OwnFiles;
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
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * Where the files of one pod are. Its directory is named by a digest, because paths of sockets are
 * in it, which must be short.
 *
 * <pre>
 *   id              the sandbox's
 *   session         how many lives of the daemon have dealt with it
 *   vsock/          what is between the guest and us; vsock_5000 in it, where the agent's calls arrive
 *   agent.new       where that is made
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

    /** What is between the guest and us; in a pod of an earlier release it lies beside the rest. */
    private Path guestSide() {
        var own = ownGuestSide();
        return Files.isDirectory(own, LinkOption.NOFOLLOW_LINKS) ? own : directory;
    }

    private Path ownGuestSide() {
        return directory.resolve("vsock");
    }

    /** The path without a port. */
    Path vsock() {
        return guestSide().resolve("vsock");
    }

    Path agent() {
        return guestSide().resolve("vsock" + AGENT_PORT);
    }

    /** Where it is made, out of the reach of all but us. */
    Path agentInMaking() {
        return directory.resolve("agent.new");
    }

    PodShare share() {
        return new PodShare(directory);
    }

    /** Makes them, for nobody but us. */
    void create(SandboxId id) {
        OwnFiles.directory(directory);
        OwnFiles.directory(ownGuestSide());
        OwnFiles.write(directory.resolve("id"), id.value().getBytes(StandardCharsets.UTF_8));
    }

    /** Whose they are; empty if they are not complete. */
    Optional<SandboxId> owner() {
        try {
            return OwnFiles.read(directory.resolve("id"))
                    .map(it -> new SandboxId(new String(it, StandardCharsets.UTF_8)));
        } catch (SandboxException.InvalidArgument _) {
            return Optional.empty();
        }
    }

    boolean exist() {
        return Files.isDirectory(directory, LinkOption.NOFOLLOW_LINKS);
    }

    /** The number of this life; each call counts one more. */
    long nextSession() {
        long next =
                OwnFiles.read(directory.resolve("session")).map(PodPlaces::number).orElse(0L) + 1;
        OwnFiles.write(
                directory.resolve("session"),
                Long.toString(next).getBytes(StandardCharsets.US_ASCII));
        return next;
    }

    /** Of a file that nobody but us writes, and whole. */
    private static long number(byte[] text) {
        return Long.parseLong(new String(text, StandardCharsets.US_ASCII));
    }

    void writeProcess(ContainerId id, byte[] process) {
        OwnFiles.write(directory.resolve("process-" + id), process);
    }

    byte[] process(ContainerId id) {
        return OwnFiles.read(directory.resolve("process-" + id))
                .orElseThrow(() ->
                        new SandboxException.NotFound(
                                "nobody knows what container \"%s\" runs".formatted(id)));
    }

    void removeProcess(ContainerId id) {
        OwnFiles.removeFile(directory.resolve("process-" + id));
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
}
