// SPDX-License-Identifier: Apache-2.0
package io.silica.server.host;

import io.silica.linux.FileTree;
import io.silica.linux.LinuxException;
import io.silica.linux.MountTable;
import io.silica.linux.Mounts;
import io.silica.sandbox.MountSpec;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * What a pod has in the file system of the host. Every method can block: not for virtual threads.
 *
 * @param path where; no link leads there
 */
record PodDirectory(Path path) {
    private static final Logger LOGGER = System.getLogger(PodDirectory.class.getName());
    private static final String RESOLVER = "resolv.conf";
    private static final String HOSTS = "hosts";
    private static final String HOSTNAME = "hostname";
    private static final String SHARED_MEMORY = "shm";
    private static final String CGROUP = "cgroup";
    private static final Set<PosixFilePermission> PRIVATE =
            PosixFilePermissions.fromString("rwx------");
    private static final Set<PosixFilePermission> READABLE =
            PosixFilePermissions.fromString("rw-r--r--");

    /** Makes a directory that only root may enter, whatever the umask says, if there is none. */
    static boolean createPrivate(Path directory) throws IOException {
        boolean isNew = !Files.isDirectory(directory, LinkOption.NOFOLLOW_LINKS);
        if (isNew) {
            Files.createDirectory(directory);
        }
        Files.setPosixFilePermissions(directory, PRIVATE);
        return isNew;
    }

    /**
     * Makes the directory.
     *
     * @return whether there was none
     */
    boolean make() throws IOException {
        return createPrivate(path);
    }

    /** Puts into a new directory what belongs there. Half-made, it has no record and is removed. */
    void fill(PodFiles files, long sharedMemoryBytes) throws IOException {
        writeNew(RESOLVER, files.resolver());
        writeNew(HOSTS, files.hosts());
        writeNew(HOSTNAME, files.hostname());
        createPrivate(sharedMemoryPoint());
        mountSharedMemory(sharedMemoryBytes);
    }

    /** Makes what is missing; what is there may be in use and stays. */
    void complete(PodFiles files, long sharedMemoryBytes) throws IOException {
        createPrivate(path);
        write(files);
        createPrivate(sharedMemoryPoint());
        if (MountTable.read().at(sharedMemoryPoint()).isEmpty()) {
            mountSharedMemory(sharedMemoryBytes);
        }
    }

    private Path sharedMemoryPoint() {
        return path.resolve(SHARED_MEMORY);
    }

    private void mountSharedMemory(long bytes) {
        Mounts.mount(
                "tmpfs",
                "shm",
                sharedMemoryPoint(),
                List.of("nosuid", "nodev", "noexec", "mode=1777", "size=" + bytes));
    }

    private void write(PodFiles files) throws IOException {
        write(RESOLVER, files.resolver());
        write(HOSTS, files.hosts());
        write(HOSTNAME, files.hostname());
    }

    private void write(String name, String content) throws IOException {
        Path file = path.resolve(name);
        if (Files.exists(file, LinkOption.NOFOLLOW_LINKS)) {
            return;
        }
        Path half = writeNew(name + ".half", content);
        Files.move(half, file, StandardCopyOption.ATOMIC_MOVE);
    }

    private Path writeNew(String name, String content) throws IOException {
        Path file = Files.writeString(path.resolve(name), content);
        Files.setPosixFilePermissions(file, READABLE);
        return file;
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
        if (!deleteOwn()) {
            MountTable.read().below(path).forEach(mount -> Mounts.detach(mount.point()));
            if (Files.isDirectory(path, LinkOption.NOFOLLOW_LINKS)) {
                FileTree.remove(path);
            }
        }
    }

    /**
     * Deletes what we made, by name: that needs no look at all the mounts of the machine, and
     * enters no mount that somebody else made.
     *
     * @return whether that was all
     */
    private boolean deleteOwn() {
        try {
            Mounts.detach(sharedMemoryPoint());
            for (String name : List.of(RESOLVER, HOSTS, HOSTNAME, CGROUP, SHARED_MEMORY)) {
                Files.deleteIfExists(path.resolve(name));
            }
            Files.delete(path);
            return true;
        } catch (LinuxException | IOException e) {
            LOGGER.log(Level.DEBUG, "{0} is not as it was made: {1}", path, e.getMessage());
            return false;
        }
    }
}
