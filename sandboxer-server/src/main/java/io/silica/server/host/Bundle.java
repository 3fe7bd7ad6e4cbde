// SPDX-License-Identifier: Apache-2.0
package io.silica.server.host;

import io.silica.linux.Beneath;
import io.silica.linux.Descriptor;
import io.silica.linux.Errno;
import io.silica.linux.LinuxException;
import io.silica.linux.Mounts;
import io.silica.linux.OpenFlag;
import io.silica.sandbox.MountSpec;
import io.silica.sandbox.SandboxException.InvalidArgument;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;

/**
 * containerd's directory for a container. Every method can block: not for virtual threads.
 *
 * @param path trusted, for containerd names it; what is in it is not
 */
record Bundle(Path path) {
    private static final String CONFIG = "config.json";
    private static final String ROOTFS = "rootfs";

    /** A file system that the kernel knows: containerd's own inventions have a slash or a dot. */
    private static final Pattern KERNELS_TYPE = Pattern.compile("[a-z0-9_]+");

    /** As often as a mount point is looked below; each mount of ours is one. */
    private static final int MOST_MOUNTS = 16;

    /** Where the root file system is mounted. */
    Path rootfs() {
        return path.resolve(ROOTFS);
    }

    /**
     * Reads its specification, one byte more than the maximum at most.
     *
     * @throws InvalidArgument if there is none, or it is not a regular file
     */
    byte[] config(int maximum) throws IOException {
        try (Beneath bundle = Beneath.of(path);
                Descriptor config =
                        bundle.open(CONFIG, Beneath.Resolve.NO_SYMLINKS, OpenFlag.PATH)) {
            Path opened = pathOf(config);
            if (!Files.isRegularFile(opened)) {
                throw new InvalidArgument(path.resolve(CONFIG) + " is not a regular file");
            }
            try (InputStream content = Files.newInputStream(opened)) {
                return content.readNBytes(maximum + 1);
            }
        } catch (LinuxException e) {
            throw refused(CONFIG, e);
        }
    }

    /**
     * Mounts its root file system.
     *
     * @throws InvalidArgument if the mounts are not exactly one, or its target is a link
     */
    void mount(List<MountSpec> mounts) {
        MountSpec mount = requireOne(mounts);
        try (Beneath bundle = Beneath.of(path);
                Descriptor target = target(bundle)) {
            RootMount.of(mount).at(pathOf(target));
        }
    }

    private Descriptor target(Beneath bundle) {
        try {
            return bundle.open(
                    ROOTFS, Beneath.Resolve.NO_SYMLINKS, OpenFlag.PATH, OpenFlag.DIRECTORY);
        } catch (LinuxException e) {
            throw refused(ROOTFS, e);
        }
    }

    private static MountSpec requireOne(List<MountSpec> mounts) {
        if (mounts.size() != 1) {
            throw new InvalidArgument(
                    "a root file system is one mount, not " + mounts.size() + ": it is ambiguous");
        }
        MountSpec mount = mounts.getFirst();
        if (!mount.destination().isEmpty()) {
            throw new InvalidArgument("the mount of a root file system has a target of its own");
        }
        if (!mount.isBind() && !KERNELS_TYPE.matcher(mount.type()).matches()) {
            throw new InvalidArgument("the root file system is of a type that can't be mounted");
        }
        return mount;
    }

    /** Unmounts whatever is at its root file system; doing it twice is harmless. */
    void unmount() {
        try {
            for (int i = 0; i < MOST_MOUNTS; i++) {
                Mounts.detach(rootfs());
            }
        } catch (LinuxException e) {
            if (e.errno() != Errno.EINVAL && e.errno() != Errno.ENOENT) {
                throw e;
            }
        }
    }

    private RuntimeException refused(String name, LinuxException e) {
        return switch (e.errno()) {
            case ENOENT, ENOTDIR, ELOOP, EXDEV ->
                    new InvalidArgument(
                            "%s is not usable: %s".formatted(path.resolve(name), e.getMessage()),
                            e);
            default -> e;
        };
    }

    /** What is open, by a name that nobody can lead elsewhere. */
    private static Path pathOf(Descriptor descriptor) {
        return Path.of("/proc/self/fd/" + descriptor.number());
    }
}
