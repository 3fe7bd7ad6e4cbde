// SPDX-License-Identifier: Apache-2.0
package io.silica.wasm;

import io.silica.linux.Descriptor;
import io.silica.linux.DetachedMount;
import io.silica.linux.FileStatus;
import io.silica.linux.FileType;
import io.silica.linux.OpenFlag;
import io.silica.sandbox.ContainerConfig;
import io.silica.sandbox.MountSpec;
import io.silica.sandbox.SandboxException;
import io.silica.server.oci.ContainerPath;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * The directories that a guest is to find: the root file system first, then those that are mounted.
 * A file that is mounted is in the one of them that its path leads into; it is covered by a
 * directory that is mounted later, as it would be in a Linux container.
 */
final class GuestDirectories implements AutoCloseable {
    private static final int MOST_DIRECTORIES = 124;
    private static final int MOST_FILES = 512;
    private static final String ROOT = "/";

    /** Where a Linux container has what is the kernel's, which no guest has. */
    private static final List<String> KERNELS = List.of("/dev", "/proc", "/sys");

    private final ContainerConfig config;
    private final List<GuestDirectory> all = new ArrayList<>();
    private int files;

    private GuestDirectories(ContainerConfig config) {
        this.config = config;
    }

    /**
     * Opens everything, or nothing.
     *
     * @throws SandboxException.InvalidArgument if a mount makes no sense
     * @throws io.silica.linux.LinuxException if something of the host can't be opened
     */
    static GuestDirectories of(ContainerConfig config) {
        var directories = new GuestDirectories(config);
        try {
            var root = Descriptor.open(config.rootfs(), OpenFlag.PATH, OpenFlag.DIRECTORY);
            try (root) {
                directories.add(ROOT, DetachedMount.bind(root), config.spec().rootReadOnly());
            }
            config.spec().mounts().forEach(directories::mount);
            return directories;
        } catch (RuntimeException e) {
            directories.close();
            throw e;
        }
    }

    /** In order; a later one has covered an earlier one at the same path. */
    List<GuestDirectory> all() {
        return List.copyOf(all);
    }

    private void mount(MountSpec mount) {
        var path = ContainerPath.normalized(mount.destination());
        if (mount.isBind()) {
            bind(mount, path);
        } else if (mount.type().equals(MemoryFiles.TYPE) && !isKernels(path)) {
            add(path, MemoryFiles.mount(mount), mount.isReadOnly());
        }
    }

    private static boolean isKernels(String path) {
        return KERNELS.stream().anyMatch(kernels -> ContainerPath.isBeneath(path, kernels));
    }

    private void bind(MountSpec mount, String path) {
        try (var source = Descriptor.open(source(mount), OpenFlag.PATH)) {
            if (FileStatus.of(source).type() == FileType.DIRECTORY) {
                add(path, DetachedMount.bind(source), mount.isReadOnly());
                all.getLast().protect();
            } else {
                put(source, path, mount.isReadOnly());
            }
        }
    }

    private Path source(MountSpec mount) {
        var source = Path.of(mount.source());
        if (!source.isAbsolute()) {
            throw new SandboxException.InvalidArgument(
                    "the source of the mount at %s of container \"%s\" is not an absolute path"
                            .formatted(mount.destination(), config.id()));
        }
        return source;
    }

    private void add(String path, DetachedMount mount, boolean readOnly) {
        var covered =
                all.stream().filter(other -> ContainerPath.isBeneath(other.path(), path)).toList();
        covered.forEach(GuestDirectory::close);
        all.removeAll(covered);
        all.add(new GuestDirectory(path, mount, readOnly));
        mount.restrict(false);
        if (all.size() > MOST_DIRECTORIES) {
            throw tooMany("directories", MOST_DIRECTORIES);
        }
    }

    private void put(Descriptor source, String path, boolean readOnly) {
        files++;
        if (files > MOST_FILES) {
            throw tooMany("files", MOST_FILES);
        }
        covering(path).put(source, path, readOnly);
    }

    /** The one in which a guest finds what has a path. */
    GuestDirectory covering(String path) {
        return all.stream()
                .filter(directory -> ContainerPath.isBeneath(path, directory.path()))
                .max(Comparator.comparingInt(directory -> directory.path().length()))
                .orElseThrow();
    }

    private SandboxException tooMany(String what, int most) {
        return new SandboxException.InvalidArgument(
                "container \"%s\" has more than %d %s mounted".formatted(config.id(), most, what));
    }

    @Override
    public void close() {
        all.forEach(GuestDirectory::close);
    }
}
