// SPDX-License-Identifier: Apache-2.0
package io.silica.appkernel.quark;

import io.silica.linux.Beneath;
import io.silica.linux.Beneath.Resolve;
import io.silica.linux.Descriptor;
import io.silica.linux.Errno;
import io.silica.linux.FileType;
import io.silica.linux.LinuxException;
import io.silica.linux.OpenDirectory;
import io.silica.linux.OpenFlag;
import io.silica.sandbox.SandboxException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;

/**
 * Places in a root file system, which is a stranger's. They are resolved as the container itself
 * would: whatever links are in it, nothing outside of it is opened or made.
 */
final class MountPoint {
    private static final int DIRECTORY_MODE = 0755;
    private static final int FILE_MODE = 0644;

    private MountPoint() {}

    /**
     * Opens a place; what is missing of it is made.
     *
     * @param destination absolute, without {@code ..}
     * @param type of what is to be mounted there
     */
    static Descriptor in(Beneath root, String destination, FileType type) {
        var names = destination.split("/", -1);
        var way = new StringBuilder("/");
        for (int i = 0; i < names.length; i++) {
            if (!names[i].isEmpty()) {
                requireName(destination, names[i]);
                boolean isLast = i == names.length - 1;
                make(root, way.toString(), names[i], isLast ? type : FileType.DIRECTORY);
                way.append(names[i]).append('/');
            }
        }
        return root.open(trimmed(way), Resolve.IN_ROOT, OpenFlag.PATH);
    }

    private static void requireName(String destination, String name) {
        if (name.equals("..") || name.equals(".")) {
            throw new SandboxException.InvalidArgument(
                    "a mount's destination is no plain path: " + destination);
        }
    }

    private static String trimmed(StringBuilder way) {
        return way.length() == 1 ? "/" : way.substring(0, way.length() - 1);
    }

    private static void make(Beneath root, String parent, String name, FileType type) {
        try {
            root.open(parent + name, Resolve.IN_ROOT, OpenFlag.PATH).close();
        } catch (LinuxException e) {
            if (e.errno() != Errno.ENOENT) {
                throw e;
            }
            makeNew(root, parent, name, type);
        }
    }

    private static void makeNew(Beneath root, String parent, String name, FileType type) {
        if (type == FileType.DIRECTORY) {
            root.createDirectory(parent, name, DIRECTORY_MODE, Resolve.IN_ROOT);
            try (var made = directory(root, parent + name)) {
                letIn(made.descriptor(), "rwxr-xr-x");
            }
            return;
        }
        try (var made =
                root.open(
                        parent + name,
                        Resolve.IN_ROOT,
                        FILE_MODE,
                        OpenFlag.CREATE,
                        OpenFlag.EXCLUSIVE,
                        OpenFlag.WRITE)) {
            letIn(made, "rw-r--r--");
        }
    }

    private static OpenDirectory directory(Beneath root, String path) {
        return new OpenDirectory(
                root.open(path, Resolve.IN_ROOT, OpenFlag.PATH, OpenFlag.DIRECTORY));
    }

    /** The daemon's umask takes rights away that users inside need. */
    private static void letIn(Descriptor made, String mode) {
        try {
            Files.setPosixFilePermissions(
                    Path.of("/proc/self/fd", Integer.toString(made.number())),
                    PosixFilePermissions.fromString(mode));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
