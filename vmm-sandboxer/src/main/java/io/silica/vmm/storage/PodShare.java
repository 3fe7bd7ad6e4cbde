// SPDX-License-Identifier: Apache-2.0
package io.silica.vmm.storage;

import io.silica.linux.Beneath;
import io.silica.linux.Descriptor;
import io.silica.linux.DetachedMount;
import io.silica.linux.FileStatus;
import io.silica.linux.FileType;
import io.silica.linux.LinuxException;
import io.silica.linux.MountTable;
import io.silica.linux.Mounts;
import io.silica.linux.OpenFlag;
import io.silica.proto.guest.GuestMount;
import io.silica.sandbox.ContainerConfig;
import io.silica.sandbox.ContainerId;
import io.silica.sandbox.MountSpec;
import io.silica.sandbox.SandboxException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;

/**
 * What a pod's guest sees of the host's files. Every method can block for as long as a file system
 * does not answer: on a bounded platform thread only.
 */
public final class PodShare {
    private static final String ROOT = "root";

    /** Names of mount points, and nothing else, are in it. */
    private static final List<String> TMPFS =
            List.of("nosuid", "nodev", "noexec", "size=1m", "mode=0700", "shared");

    private final Path share;
    private final Path exported;

    /**
     * @param directory of the pod, mode 0700
     */
    public PodShare(Path directory) {
        this.share = directory.resolve("share");
        this.exported = directory.resolve("exported");
    }

    /** What the guest is given. */
    public Path exported() {
        return exported;
    }

    /** Makes it; what is there of it stays. */
    public void create() {
        var table = MountTable.read();
        if (table.at(share).isEmpty()) {
            directory(share);
            Mounts.mount("tmpfs", "silica-share", share, TMPFS);
        }
        if (table.at(exported).isEmpty()) {
            directory(exported);
            Mounts.mount(
                    "bind", share.toString(), exported, List.of("bind", "ro", "nosuid", "nodev"));
        }
    }

    /** Takes all of it away; doing it twice is harmless. */
    public void remove() {
        var table = MountTable.read();
        table.below(exported).forEach(it -> Mounts.detach(it.point()));
        // Some went with the others.
        MountTable.read().below(share).forEach(it -> Mounts.detach(it.point()));
    }

    /**
     * Shows a container's files; what is there of that id is replaced.
     *
     * @return its mounts, for the guest
     * @throws SandboxException.InvalidArgument if there is no such file, or one that no guest can
     *     use
     */
    public List<GuestMount> add(ContainerConfig config) {
        remove(config.id());
        var place = share.resolve(config.id().value());
        directory(place);
        try {
            var root = place.resolve(ROOT);
            directory(root);
            show(config.rootfs(), root, true);
            var mounts = new ArrayList<GuestMount>();
            for (var mount : GuestSpec.shared(config)) {
                mounts.add(add(config, mount, place.resolve("m" + mounts.size())));
            }
            return mounts;
        } catch (LinuxException e) {
            remove(config.id());
            throw new SandboxException.InvalidArgument(
                    "cannot show the files of container \"%s\" to its guest: %s"
                            .formatted(config.id(), e.getMessage()),
                    e);
        } catch (RuntimeException e) {
            remove(config.id());
            throw e;
        }
    }

    /** Where the root file system of a container is, below what the guest is given. */
    public static String rootfs(ContainerId id) {
        return id + "/" + ROOT;
    }

    private GuestMount add(ContainerConfig config, MountSpec mount, Path target) {
        try (var root = Beneath.of(Path.of("/"));
                var source = root.open(mount.source(), Beneath.Resolve.IN_ROOT, OpenFlag.PATH)) {
            point(config, mount, FileStatus.of(source).type(), target);
            show(source, target, mount.isReadOnly());
        }
        return GuestMount.newBuilder()
                .setDestination(mount.destination())
                .setSource(share.relativize(target).toString())
                .setReadOnly(mount.isReadOnly())
                .build();
    }

    private static void point(ContainerConfig config, MountSpec mount, FileType type, Path target) {
        switch (type) {
            case DIRECTORY -> directory(target);
            case REGULAR -> file(target);
            default ->
                    throw new SandboxException.Unsupported(
                            "container \"%s\" mounts %s, which is neither a directory nor a file: a virtual machine cannot use it"
                                    .formatted(config.id(), mount.destination()));
        }
    }

    private static void show(Path source, Path target, boolean readOnly) {
        try (var place = Descriptor.open(source, OpenFlag.PATH, OpenFlag.DIRECTORY)) {
            show(place, target, readOnly);
        }
    }

    /** No program of the host gains rights there, and no device of it is one. */
    private static void show(Descriptor source, Path target, boolean readOnly) {
        try (var mount = DetachedMount.bind(source)) {
            mount.restrict(readOnly);
            mount.attach(target);
        }
    }

    /**
     * Takes a container's files away; doing it twice is harmless. Deletes empty mount points only:
     * what a mount shows is the user's.
     */
    public void remove(ContainerId id) {
        var place = share.resolve(id.value());
        MountTable.read().below(place).forEach(it -> Mounts.detach(it.point()));
        if (!Files.isDirectory(place, LinkOption.NOFOLLOW_LINKS)) {
            return;
        }
        try (var entries = Files.newDirectoryStream(place)) {
            for (var entry : entries) {
                Files.delete(entry);
            }
            Files.delete(place);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void directory(Path path) {
        try {
            if (!Files.isDirectory(path, LinkOption.NOFOLLOW_LINKS)) {
                Files.createDirectory(
                        path,
                        PosixFilePermissions.asFileAttribute(
                                PosixFilePermissions.fromString("rwx------")));
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void file(Path path) {
        try {
            Files.createFile(path);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
