// SPDX-License-Identifier: Apache-2.0
package io.silica.wasm;

import io.silica.linux.Beneath;
import io.silica.linux.Beneath.Resolve;
import io.silica.linux.Descriptor;
import io.silica.linux.DetachedMount;
import io.silica.linux.Errno;
import io.silica.linux.FileStatus;
import io.silica.linux.FileType;
import io.silica.linux.LinuxException;
import io.silica.linux.OpenDirectory;
import io.silica.linux.OpenFlag;
import io.silica.sandbox.SandboxException;
import io.silica.sandbox.Undo;
import io.silica.server.oci.ContainerPath;
import java.util.ArrayList;
import java.util.List;

/**
 * A directory that a guest is to find, with single files mounted in it. It is a mount of its own,
 * at no path of the host: its {@code ..} leads nowhere, the kernel refuses devices in it, and
 * changes where there must be none. It is gone with its last descriptor.
 */
final class GuestDirectory implements AutoCloseable {
    private static final int DIRECTORY_MODE = 0755;
    private static final int FILE_MODE = 0644;

    private final String path;
    private final DetachedMount mount;
    private final boolean readOnly;
    private final Undo opened = new Undo();
    private final List<DetachedMount.Cover> files = new ArrayList<>();
    private boolean written;

    /**
     * Owns the mount from now on.
     *
     * @param path in the container, normalized
     * @param readOnly whether nothing but files that are mounted in it can be changed
     */
    GuestDirectory(String path, DetachedMount mount, boolean readOnly) {
        this.path = path;
        this.mount = opened.owns(mount);
        this.readOnly = readOnly;
    }

    String path() {
        return path;
    }

    /** Whether a guest can change nothing in it. */
    boolean isReadOnly() {
        return readOnly && !written;
    }

    /** It is the host's: if it is read-only, no place for a file is made in it either. */
    void protect() {
        if (readOnly) {
            mount.readOnly(true);
        }
    }

    /**
     * Mounts a file over the one that has a path in the container, which is made if there is none.
     *
     * @param file beneath this directory's path
     */
    void put(Descriptor source, String file, boolean fileReadOnly) {
        var cover = opened.owns(DetachedMount.bind(source));
        cover.restrict(fileReadOnly);
        if (file.equals(path)) {
            throw isDirectory(file);
        }
        var place = opened.owns(place(ContainerPath.relative(file, path)));
        if (FileStatus.of(place).type() == FileType.DIRECTORY) {
            throw isDirectory(file);
        }
        files.add(new DetachedMount.Cover(cover, place));
        written |= !fileReadOnly;
    }

    private static SandboxException isDirectory(String file) {
        return new SandboxException.InvalidArgument(
                "a file is to be mounted at %s, which is a directory".formatted(file));
    }

    private Descriptor place(String file) {
        try (var beneath = Beneath.at(mount.descriptor().duplicate())) {
            return foundOrMade(beneath, file);
        } catch (LinuxException e) {
            if (e.errno() != Errno.EROFS) {
                throw e;
            }
            throw new SandboxException.InvalidArgument(
                    "a file is to be mounted at %s in %s, where there is none, and none can be made: that is read-only"
                            .formatted(file, path),
                    e);
        }
    }

    private static Descriptor foundOrMade(Beneath beneath, String file) {
        try {
            return beneath.open(file, Resolve.IN_ROOT, OpenFlag.PATH);
        } catch (LinuxException e) {
            if (e.errno() != Errno.ENOENT) {
                throw e;
            }
            make(beneath, file);
            return beneath.open(file, Resolve.IN_ROOT, OpenFlag.PATH);
        }
    }

    /** As runtimes do for Linux containers: whatever is there meanwhile is not waited for. */
    private static void make(Beneath beneath, String file) {
        for (int end = file.indexOf('/'); end >= 0; end = file.indexOf('/', end + 1)) {
            makeDirectory(beneath, file.substring(0, end));
        }
        beneath.open(
                        file,
                        Resolve.IN_ROOT,
                        FILE_MODE,
                        OpenFlag.READ,
                        OpenFlag.CREATE,
                        OpenFlag.NON_BLOCKING,
                        OpenFlag.NO_CONTROLLING_TERMINAL)
                .close();
    }

    private static void makeDirectory(Beneath beneath, String directory) {
        int name = directory.lastIndexOf('/') + 1;
        var parent = name == 0 ? "." : directory.substring(0, name);
        try (var place =
                new OpenDirectory(
                        beneath.open(parent, Resolve.IN_ROOT, OpenFlag.PATH, OpenFlag.DIRECTORY))) {
            place.createDirectory(directory.substring(name), DIRECTORY_MODE);
        } catch (LinuxException e) {
            if (e.errno() != Errno.EEXIST) {
                throw e;
            }
        }
    }

    /** All of it, the caller's; nothing can be put into it any more. */
    Descriptor open() {
        if (readOnly) {
            mount.readOnly(true);
        }
        return mount.covered(files);
    }

    @Override
    public void close() {
        opened.close();
    }
}
