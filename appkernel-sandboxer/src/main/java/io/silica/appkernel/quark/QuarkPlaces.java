// SPDX-License-Identifier: Apache-2.0
package io.silica.appkernel.quark;

import io.silica.linux.Beneath;
import io.silica.linux.Beneath.Resolve;
import io.silica.linux.FileTree;
import io.silica.linux.LinuxException;
import io.silica.linux.MountTable;
import io.silica.linux.Mounts;
import io.silica.linux.OpenFlag;
import io.silica.linux.OwnFiles;
import io.silica.sandbox.ContainerId;
import io.silica.sandbox.SandboxException;
import io.silica.sandbox.SandboxId;
import io.silica.sandbox.ShortName;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.System.Logger.Level;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Where the files of one pod are. Its directory is named by a digest, because the path of a socket
 * is in it, which must be short.
 *
 * @param directory the pod's
 */
record QuarkPlaces(Path directory) {
    private static final System.Logger LOG = System.getLogger(QuarkPlaces.class.getName());
    private static final int NAME_LENGTH = 20;
    private static final int LONGEST_SOCKET = 107;

    /** Mounts that are taken away may uncover others. */
    private static final int MOST_ROUNDS = 20;

    static QuarkPlaces of(Path directory, SandboxId id) {
        return new QuarkPlaces(directory.resolve(ShortName.of(id.value(), NAME_LENGTH)));
    }

    /** All that there are. */
    static List<QuarkPlaces> all(Path directory) {
        return OwnFiles.directories(directory).stream().map(QuarkPlaces::new).toList();
    }

    /** All that Quark sees of the host. */
    Path sandbox() {
        return directory.resolve("sandbox");
    }

    Path socket() {
        return directory.resolve("quark-task.sock");
    }

    /** As Quark writes it. */
    Path pidFile() {
        return directory.resolve("pid");
    }

    Path process() {
        return directory.resolve("process");
    }

    Path container(ContainerId id) {
        return directory.resolve("containers").resolve(id.value());
    }

    /** Makes them, for nobody but us. */
    void create(SandboxId id) {
        if (socket().toString().length() > LONGEST_SOCKET) {
            throw new SandboxException.Failed(
                    "the path of a socket would be too long: choose a shorter server.dir than makes "
                            + socket());
        }
        OwnFiles.directory(directory);
        OwnFiles.write(directory.resolve("id"), id.value().getBytes(StandardCharsets.UTF_8));
        OwnFiles.directory(directory.resolve("containers"));
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

    /** The ids of the containers of which something is written down. */
    List<ContainerId> containers() {
        return OwnFiles.directories(directory.resolve("containers")).stream()
                .map(it -> new ContainerId(it.getFileName().toString()))
                .toList();
    }

    boolean exist() {
        return Files.isDirectory(directory);
    }

    /** Removes all; Preconditions: nobody runs there any more. */
    void remove() {
        removeTree(directory);
    }

    /** Removes what a start has made; Preconditions as above. */
    void removeRun() {
        removeTree(sandbox());
        OwnFiles.removeFile(socket());
        OwnFiles.removeFile(pidFile());
        OwnFiles.removeFile(process());
    }

    /** What is mounted there is somebody else's, and not removed with it. */
    private void removeTree(Path path) {
        detachAll(directory, path);
        try {
            FileTree.remove(path);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /**
     * Unmounts everything at and below some paths.
     *
     * @param own a directory whose own path nobody else can change; what is in it they may
     * @param paths it, or something in it
     * @throws SandboxException.Failed if something stays
     */
    static void detachAll(Path own, Path... paths) {
        for (int round = 0; round < MOST_ROUNDS; round++) {
            var mounts = outermost(paths);
            if (mounts.isEmpty()) {
                return;
            }
            mounts.forEach(it -> detach(own, it));
        }
        throw new SandboxException.Failed("something stays mounted below " + paths[0]);
    }

    /** What is mounted below them goes with them: it need not be reached through them. */
    private static List<Path> outermost(Path... paths) {
        var table = MountTable.read();
        var points =
                Stream.of(paths)
                        .flatMap(it -> table.below(it).stream())
                        .map(MountTable.Mount::point)
                        .toList();
        return points.stream()
                .filter(it ->
                        points.stream()
                                .allMatch(other -> other.equals(it) || !it.startsWith(other)))
                .toList();
    }

    /** What is there is the mount that was meant, or another one in there; never one outside. */
    static void detach(Path own, Path point) {
        var name = own.relativize(point).toString();
        try (var root = Beneath.of(own);
                var mount =
                        root.open(
                                name.isEmpty() ? "." : name, Resolve.NO_SYMLINKS, OpenFlag.PATH)) {
            Mounts.detach(mount);
        } catch (LinuxException e) {
            // It stays mounted, which is told of all together.
            LOG.log(Level.DEBUG, "cannot unmount {0}: {1}", point, e.getMessage());
        }
    }
}
