// SPDX-License-Identifier: Apache-2.0
package io.silica.server.record;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;

/** Directories and files that only the user of this process may touch, whatever the umask says. */
final class PrivateDirectory {
    private static final Set<PosixFilePermission> DIRECTORY_MODE =
            PosixFilePermissions.fromString("rwx------");
    private static final Set<PosixFilePermission> FILE_MODE =
            PosixFilePermissions.fromString("rw-------");

    private static final String UID = "unix:uid";

    private PrivateDirectory() {}

    /**
     * Makes sure that {@code path} is a directory of mode 0700 of ours. Its parent must exist.
     *
     * @throws IOException if it is of another user, a symbolic link or no directory
     */
    static void ensure(Path path) throws IOException {
        try {
            Files.createDirectory(path, PosixFilePermissions.asFileAttribute(DIRECTORY_MODE));
        } catch (FileAlreadyExistsException _) {
            requireOurs(path);
        }
        // The mode of creation is cut by the umask, and an older directory may be open to others.
        if (!Files.getPosixFilePermissions(path).equals(DIRECTORY_MODE)) {
            Files.setPosixFilePermissions(path, DIRECTORY_MODE);
        }
    }

    /** Opens a new file of mode 0600 for writing. */
    static FileChannel createFile(Path path) throws IOException {
        var options =
                Set.of(
                        StandardOpenOption.CREATE_NEW,
                        StandardOpenOption.WRITE,
                        LinkOption.NOFOLLOW_LINKS);
        var file = FileChannel.open(path, options, PosixFilePermissions.asFileAttribute(FILE_MODE));
        Files.setPosixFilePermissions(path, FILE_MODE);
        return file;
    }

    /** Makes what was created, renamed or removed in a directory survive a loss of power. */
    static void sync(Path directory) throws IOException {
        try (var channel = FileChannel.open(directory, StandardOpenOption.READ)) {
            channel.force(true);
        }
    }

    /**
     * Whether the user of this process owns {@code path} itself, not what a link there points at.
     */
    static boolean isOurs(Path path) throws IOException {
        return OurUser.ID.equals(Files.getAttribute(path, UID, LinkOption.NOFOLLOW_LINKS));
    }

    /** Asked once: a daemon that comes back asks for each of its records. */
    private static final class OurUser {
        private static final Object ID = id();

        private static Object id() {
            try {
                return Files.getAttribute(Path.of("/proc/self"), UID);
            } catch (IOException e) {
                throw new UncheckedIOException("cannot tell which user this process has", e);
            }
        }
    }

    private static void requireOurs(Path path) throws IOException {
        if (!Files.isDirectory(path, LinkOption.NOFOLLOW_LINKS)) {
            throw new FileSystemException(path.toString(), null, "it is not a directory");
        }
        if (!isOurs(path)) {
            throw new FileSystemException(path.toString(), null, "it belongs to another user");
        }
    }
}
