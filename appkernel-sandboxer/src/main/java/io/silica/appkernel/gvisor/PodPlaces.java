// SPDX-License-Identifier: Apache-2.0
package io.silica.appkernel.gvisor;

import io.silica.linux.FileTree;
import io.silica.linux.OwnFiles;
import io.silica.sandbox.ContainerId;
import io.silica.sandbox.ExecId;
import io.silica.sandbox.SandboxException;
import io.silica.sandbox.SandboxId;
import io.silica.sandbox.ShortName;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Stream;

/**
 * Where the files of one pod are. Its directory is named by a digest, because the path of a socket
 * is in it, which must be short.
 *
 * <pre>
 *   id             the sandbox's
 *   freeze         whether it is paused
 *   kills          of how many kills for want of memory somebody was told
 *   network        how its sentry is connected
 *   network-taken  its sentry may have taken its addresses over
 *   kernel         pid, start time and control socket of its sentry, once it runs
 *   root/          runsc's own state
 *   pod/           the bundle of the root container
 *   containers/ID/ the bundle of a container, and what else is to be known about it
 *   tty/           the sockets of terminals
 * </pre>
 *
 * @param directory the pod's
 */
record PodPlaces(Path directory) {
    /** What runsc calls the root container: no id of containerd's looks like this. */
    static final String ROOT_CONTAINER = "+pod";

    private static final String STATE = "%s_sandbox:" + ROOT_CONTAINER + ".state";
    private static final int NAME_LENGTH = 20;

    static PodPlaces of(Path directory, SandboxId id) {
        return new PodPlaces(directory.resolve(ShortName.of(id.value(), NAME_LENGTH)));
    }

    /** All that there are. */
    static List<PodPlaces> all(Path directory) {
        return OwnFiles.directories(directory).stream().map(PodPlaces::new).toList();
    }

    Path root() {
        return directory.resolve("root");
    }

    Path pod() {
        return directory.resolve("pod");
    }

    Path kernel() {
        return directory.resolve("kernel");
    }

    /** How its sentry is connected; empty if that is not written down. */
    Optional<GvisorNetwork> network() {
        try {
            return KeptFile.read(directory.resolve("network"))
                    .map(it -> new String(it, StandardCharsets.US_ASCII))
                    .flatMap(PodPlaces::network);
        } catch (SandboxException.Failed _) {
            return Optional.empty();
        }
    }

    private static Optional<GvisorNetwork> network(String written) {
        return Stream.of(GvisorNetwork.values())
                .filter(it -> it.toString().equals(written))
                .findFirst();
    }

    /** Says from now on that its sentry may have taken the addresses of its namespace over. */
    Path networkTaken() {
        return directory.resolve("network-taken");
    }

    /** Writes that down. */
    void noteNetworkTaken() {
        OwnFiles.write(networkTaken(), new byte[0]);
    }

    Path freeze() {
        return directory.resolve("freeze");
    }

    Path kills() {
        return directory.resolve("kills");
    }

    Path container(ContainerId id) {
        return directory.resolve("containers").resolve(id.value());
    }

    /** Where the sockets of terminals are. */
    Path terminals() {
        return directory.resolve("tty");
    }

    /** What those of a terminal are called; their paths have to be short as well. */
    static String terminal(ContainerId container, Optional<ExecId> exec) {
        return ShortName.of(
                exec.map(it -> container + "/" + it).orElse(container.value()), NAME_LENGTH);
    }

    /** What runsc writes down about a container. */
    Path state(String container) {
        return root().resolve(STATE.formatted(container));
    }

    /** What it locks meanwhile. */
    Path lock(String container) {
        return root().resolve(container + "_sandbox:" + ROOT_CONTAINER + ".lock");
    }

    /** Makes them, for nobody but us. */
    void create(SandboxId id, GvisorNetwork network) {
        create(id, network, false);
    }

    /** The same for one whose addresses may be taken: that is written first. */
    void create(SandboxId id, GvisorNetwork network, boolean networkTaken) {
        OwnFiles.directory(directory);
        if (networkTaken) {
            noteNetworkTaken();
        }
        OwnFiles.write(directory.resolve("id"), id.value().getBytes(StandardCharsets.UTF_8));
        OwnFiles.write(
                directory.resolve("network"),
                network.toString().getBytes(StandardCharsets.US_ASCII));
        OwnFiles.directory(root());
        OwnFiles.directory(pod());
        OwnFiles.directory(directory.resolve("containers"));
    }

    /** Whose they are; empty if they are not complete. */
    Optional<SandboxId> owner() {
        try {
            return KeptFile.read(directory.resolve("id"))
                    .map(it -> new SandboxId(new String(it, StandardCharsets.UTF_8)));
        } catch (SandboxException.InvalidArgument | SandboxException.Failed _) {
            return Optional.empty();
        }
    }

    /** The ids of the containers that have a directory. */
    List<ContainerId> containers() {
        return ids(directory.resolve("containers"), ContainerId::new);
    }

    /** The ids of the containers that runsc has run and nobody has deleted. */
    List<ContainerId> run() {
        var end = STATE.formatted("");
        try (var files = Files.list(root())) {
            return files.map(it -> it.getFileName().toString())
                    .filter(it -> it.endsWith(end))
                    .map(it -> it.substring(0, it.length() - end.length()))
                    .filter(it -> !it.equals(ROOT_CONTAINER))
                    .flatMap(it -> id(it, ContainerId::new).stream())
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** What directories in one are called that is an id; what lies elsewhere is nobody's. */
    static <T> List<T> ids(Path parent, Function<String, T> id) {
        return isDirectory(parent)
                ? OwnFiles.directories(parent).stream()
                        .filter(PodPlaces::isDirectory)
                        .flatMap(it -> id(it.getFileName().toString(), id).stream())
                        .toList()
                : List.of();
    }

    private static <T> Optional<T> id(String name, Function<String, T> id) {
        try {
            return Optional.of(id.apply(name));
        } catch (SandboxException.InvalidArgument _) {
            return Optional.empty();
        }
    }

    /** Whether they are as {@link #create} makes them, for that sandbox. */
    boolean areOf(SandboxId id) {
        return Stream.of(directory, root(), pod(), directory.resolve("containers"))
                        .allMatch(PodPlaces::isDirectory)
                && owner().equals(Optional.of(id));
    }

    private static boolean isDirectory(Path path) {
        return Files.isDirectory(path, LinkOption.NOFOLLOW_LINKS);
    }

    boolean exist() {
        return Files.isDirectory(directory);
    }

    void remove() {
        removeAll(directory);
    }

    /**
     * Removes a directory of the pod's, if it is there.
     *
     * @throws IllegalArgumentException if it is outside of the pod's own, be it by way of a link:
     *     we are root, and what is found there is not trusted
     */
    void remove(Path path) {
        try {
            var own = parent(directory).resolve(directory.getFileName());
            if (path.endsWith("..") || !parent(path).startsWith(own)) {
                throw new IllegalArgumentException(path + " is not in " + directory);
            }
            removeAll(path);
        } catch (NoSuchFileException _) {
            // It is gone.
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Where it is really, without a link on the way. */
    private static Path parent(Path path) throws IOException {
        return path.resolveSibling("").toRealPath();
    }

    /** Reads the end of a file, if it is there; the first line may be cut. */
    static String readEnd(Path path, int maximum) {
        try (var file = new RandomAccessFile(path.toFile(), "r")) {
            file.seek(Math.max(0, file.length() - maximum));
            var end = new byte[maximum];
            int length = Math.max(0, file.read(end));
            return new String(end, 0, length, StandardCharsets.UTF_8);
        } catch (FileNotFoundException _) {
            return "";
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void removeAll(Path path) {
        try {
            FileTree.remove(path);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
