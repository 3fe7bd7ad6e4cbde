// SPDX-License-Identifier: Apache-2.0
package io.silica.server.host;

import io.silica.linux.MountTable;
import io.silica.linux.Mounts;
import io.silica.sandbox.MountSpec;
import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What a pod has in the file system of the host. Every method can block: not for virtual threads.
 *
 * @param path where; no link leads there
 */
record PodDirectory(Path path) {
    private static final String RESOLVER = "resolv.conf";
    private static final String HOSTS = "hosts";
    private static final String HOSTNAME = "hostname";
    private static final String SHARED_MEMORY = "shm";
    private static final String CGROUP = "cgroup";

    /** Makes a directory that only root may enter, whatever the umask says. */
    static void createPrivate(Path directory) throws IOException {
        if (!Files.isDirectory(directory, LinkOption.NOFOLLOW_LINKS)) {
            Files.createDirectory(directory);
        }
        Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwx------"));
    }

    /** Makes what is missing; what is there may be in use and stays. */
    void create(PodFiles files, long sharedMemoryBytes) throws IOException {
        createPrivate(path);
        write(RESOLVER, files.resolver());
        write(HOSTS, files.hosts());
        write(HOSTNAME, files.hostname());
        mountSharedMemory(sharedMemoryBytes);
    }

    private void mountSharedMemory(long bytes) throws IOException {
        Path target = path.resolve(SHARED_MEMORY);
        createPrivate(target);
        if (MountTable.read().at(target).isEmpty()) {
            Mounts.mount(
                    "tmpfs",
                    "shm",
                    target,
                    List.of("nosuid", "nodev", "noexec", "mode=1777", "size=" + bytes));
        }
    }

    private void write(String name, String content) throws IOException {
        Path file = path.resolve(name);
        if (Files.exists(file, LinkOption.NOFOLLOW_LINKS)) {
            return;
        }
        Path half = Files.writeString(path.resolve(name + ".half"), content);
        Files.setPosixFilePermissions(half, PosixFilePermissions.fromString("rw-r--r--"));
        Files.move(half, file, StandardCopyOption.ATOMIC_MOVE);
    }

    /** Notes which cgroup belongs to the pod, before that is made. */
    void noteCgroup(String cgroup) throws IOException {
        write(CGROUP, cgroup);
    }

    /** The cgroup that was noted. */
    Optional<String> notedCgroup() throws IOException {
        Path note = path.resolve(CGROUP);
        return Files.isRegularFile(note, LinkOption.NOFOLLOW_LINKS)
                ? Optional.of(Files.readString(note))
                : Optional.empty();
    }

    /**
     * What each container is shown of it. Read-only: a container that fills a file of the host's
     * {@code /run} takes memory of every pod.
     */
    List<MountSpec> files() {
        return List.of(
                file(RESOLVER, "/etc/resolv.conf"),
                file(HOSTS, "/etc/hosts"),
                file(HOSTNAME, "/etc/hostname"));
    }

    private MountSpec file(String name, String destination) {
        return bind(name, destination, List.of("bind", "rprivate", "ro", "nosuid", "nodev"));
    }

    MountSpec sharedMemory() {
        return bind(
                SHARED_MEMORY,
                "/dev/shm",
                List.of("bind", "rprivate", "nosuid", "nodev", "noexec"));
    }

    private MountSpec bind(String name, String destination, List<String> options) {
        return new MountSpec("bind", path.resolve(name).toString(), destination, options);
    }

    /** Unmounts what is mounted in it and deletes it; doing it twice is harmless. */
    void delete() throws IOException {
        MountTable.read().below(path).forEach(mount -> Mounts.detach(mount.point()));
        if (Files.isDirectory(path, LinkOption.NOFOLLOW_LINKS)) {
            Files.walkFileTree(path, new Deletion());
        }
    }

    /** Follows no link. */
    private static final class Deletion extends SimpleFileVisitor<Path> {
        @Override
        public FileVisitResult visitFile(Path file, BasicFileAttributes attributes)
                throws IOException {
            Files.delete(file);
            return FileVisitResult.CONTINUE;
        }

        @Override
        public FileVisitResult postVisitDirectory(Path directory, @Nullable IOException failure)
                throws IOException {
            if (failure != null) {
                throw failure;
            }
            Files.delete(directory);
            return FileVisitResult.CONTINUE;
        }
    }
}
