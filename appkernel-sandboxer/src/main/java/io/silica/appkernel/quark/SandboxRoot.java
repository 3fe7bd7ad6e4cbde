// SPDX-License-Identifier: Apache-2.0
package io.silica.appkernel.quark;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;

import io.silica.linux.Beneath;
import io.silica.linux.Beneath.Resolve;
import io.silica.linux.Descriptor;
import io.silica.linux.DetachedMount;
import io.silica.linux.Errno;
import io.silica.linux.FileStatus;
import io.silica.linux.FileType;
import io.silica.linux.LinuxException;
import io.silica.linux.OpenDirectory;
import io.silica.linux.OpenFile;
import io.silica.linux.OpenFlag;
import io.silica.linux.OwnFiles;
import io.silica.sandbox.ContainerConfig;
import io.silica.sandbox.ContainerId;
import io.silica.sandbox.MountSpec;
import io.silica.sandbox.SandboxException;
import io.silica.sandbox.Stdio;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.Arena;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * The directory that is all that Quark sees of the host. It is a mount of its own whose later
 * mounts reach the mount namespace that Quark makes for itself. Quark can write there: it is gone
 * through by descriptors, and no link in it is followed. Every method can block for as long as a
 * file system does not answer: on a bounded platform thread only.
 */
final class SandboxRoot {
    /** What it is called in a container's directory, and there as an image's. */
    private static final String ROOTFS = "rootfs";

    private static final String CONFIG = "config.json";
    private static final List<String> STREAMS = List.of("stdin", "stdout", "stderr");
    private static final int DIRECTORY_MODE = 0755;
    private static final int FILE_MODE = 0644;
    private static final long LISTED = 32 << 10;

    private final Path path;

    SandboxRoot(Path path) {
        this.path = path;
    }

    /**
     * Makes it; nothing is there.
     *
     * @param spec of the sandbox
     */
    void create(byte[] spec) {
        OwnFiles.directory(path);
        try (var own = DetachedMount.bind(path, false)) {
            own.separate();
            own.share();
            own.attach(path);
        }
        try {
            Files.createDirectories(path.resolve(ROOTFS).resolve("dev"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        OwnFiles.write(path.resolve(CONFIG), spec);
    }

    /**
     * Shows a container's files.
     *
     * @param spec of the container
     * @throws SandboxException if they can't be shown; then nothing is
     */
    void add(ContainerConfig config, byte[] spec) {
        try {
            make(config.id());
        } catch (LinuxException e) {
            if (e.errno() != Errno.EEXIST) {
                throw QuarkFailure.ofOwnFiles("make container \"%s\"".formatted(config.id()), e);
            }
            throw new SandboxException.InvalidArgument(
                    "cannot make container \"%s\": Quark has something of that name itself: %s"
                            .formatted(config.id(), e.getMessage()),
                    e);
        }
        try {
            fill(config, spec);
        } catch (LinuxException e) {
            remove(config.id());
            throw QuarkFailure.ofFiles(
                    "show the files of container \"%s\"".formatted(config.id()), e);
        } catch (RuntimeException e) {
            remove(config.id());
            throw e;
        }
    }

    private void make(ContainerId id) {
        try (var root = Beneath.of(path)) {
            root.createDirectory(".", id.value(), DIRECTORY_MODE, Resolve.NO_SYMLINKS);
        }
    }

    private void fill(ContainerConfig config, byte[] spec) {
        var rootfs = config.id() + "/" + ROOTFS;
        try (var root = Beneath.of(path)) {
            root.createDirectory(config.id().value(), ROOTFS, DIRECTORY_MODE, Resolve.NO_SYMLINKS);
            write(root, config.id() + "/" + CONFIG, spec);
            try (var source = Descriptor.open(config.rootfs(), OpenFlag.PATH, OpenFlag.DIRECTORY);
                    var place = root.open(rootfs, Resolve.NO_SYMLINKS, OpenFlag.PATH)) {
                show(source, place, false);
            }
            // Opened anew: it is another directory now.
            try (var shown = Beneath.at(root.open(rootfs, Resolve.NO_SYMLINKS, OpenFlag.PATH))) {
                config.spec().mounts().stream()
                        .filter(MountSpec::isBind)
                        .forEach(it -> show(it, shown));
            }
        }
    }

    private static void show(MountSpec mount, Beneath rootfs) {
        try (var host = Beneath.of(Path.of("/"));
                var source = host.open(mount.source(), Resolve.IN_ROOT, OpenFlag.PATH);
                var place =
                        MountPoint.in(rootfs, mount.destination(), FileStatus.of(source).type())) {
            show(source, place, mount.isReadOnly());
        }
    }

    /** No program of the host gains rights there, and no device of it is one. */
    private static void show(Descriptor source, Descriptor place, boolean readOnly) {
        try (var mount = DetachedMount.bind(source)) {
            mount.separate();
            mount.restrict(readOnly);
            mount.attach(place);
        }
    }

    private static OpenDirectory directory(Beneath root, String name) {
        return new OpenDirectory(
                root.open(name, Resolve.NO_SYMLINKS, OpenFlag.PATH, OpenFlag.DIRECTORY));
    }

    private static void write(Beneath root, String name, byte[] content) {
        try (var arena = Arena.ofConfined();
                var file = new OpenFile(newFile(root, name))) {
            var bytes = arena.allocateFrom(JAVA_BYTE, content);
            for (long done = 0; done < content.length; ) {
                done += file.writeAt(bytes.asSlice(done), content.length - done, done);
            }
        }
    }

    private static Descriptor newFile(Beneath root, String name) {
        return root.open(
                name,
                Resolve.NO_SYMLINKS,
                FILE_MODE,
                OpenFlag.CREATE,
                OpenFlag.EXCLUSIVE,
                OpenFlag.WRITE);
    }

    /**
     * Shows the streams of a process.
     *
     * @param prefix empty for a container's first process
     * @throws SandboxException if one can't be shown, as it is not there; then none is
     */
    void addStreams(ContainerId id, String prefix, Stdio stdio) {
        try (var root = Beneath.of(path)) {
            stream(root, id, prefix + "stdin", stdio.stdin());
            stream(root, id, prefix + "stdout", stdio.stdout());
            stream(root, id, prefix + "stderr", stdio.stderr());
        } catch (LinuxException e) {
            removeStreams(id, prefix);
            throw QuarkFailure.ofFiles("show a stream of container \"%s\"".formatted(id), e);
        } catch (RuntimeException e) {
            removeStreams(id, prefix);
            throw e;
        }
    }

    private static void stream(Beneath root, ContainerId id, String name, String stream) {
        if (stream.isEmpty()) {
            return;
        }
        requireFifo(id, stream);
        var place = id + "/" + name;
        newFile(root, place).close();
        try (var source = Descriptor.open(Path.of(stream), OpenFlag.PATH);
                var file = root.open(place, Resolve.NO_SYMLINKS, OpenFlag.PATH)) {
            show(source, file, false);
        }
    }

    private static void requireFifo(ContainerId id, String stream) {
        if (!stream.startsWith("/")) {
            throw new SandboxException.Unsupported(
                    "a stream of container \"%s\" is no FIFO: set io_type = \"fifo\" for the runtime"
                            .formatted(id));
        }
    }

    /** Takes them away; doing it twice is harmless. */
    void removeStreams(ContainerId id, String prefix) {
        try (var root = Beneath.of(path)) {
            var place = found(root, id.value());
            if (place.isPresent()) {
                try (var directory = place.get()) {
                    var names = STREAMS.stream().map(prefix::concat).toList();
                    var own = path.resolve(id.value());
                    QuarkPlaces.detachAll(
                            path, names.stream().map(own::resolve).toArray(Path[]::new));
                    names.forEach(it -> removed(() -> directory.removeFile(it)));
                }
            }
        }
    }

    /**
     * Takes a container's files away; doing it twice is harmless. Of what Quark has put beside them
     * a directory with something in it stays until the sandbox is closed: it is Quark's to change
     * while we go through it.
     */
    void remove(ContainerId id) {
        QuarkPlaces.detachAll(path, path.resolve(id.value()));
        try (var root = Beneath.of(path);
                var all = directory(root, ".")) {
            var place = found(root, id.value());
            if (place.isPresent()) {
                try (var directory = place.get()) {
                    directory.list(0, LISTED).forEach(it -> remove(directory, it));
                }
                removed(() -> all.removeDirectory(id.value()));
            }
        }
    }

    private static void remove(OpenDirectory directory, OpenDirectory.Entry entry) {
        if (entry.name().equals(".") || entry.name().equals("..")) {
            return;
        }
        if (entry.type() == FileType.DIRECTORY) {
            removed(() -> directory.removeDirectory(entry.name()));
        } else {
            removed(() -> directory.removeFile(entry.name()));
        }
    }

    private static void removed(Runnable removal) {
        try {
            removal.run();
        } catch (LinuxException e) {
            if (e.errno() != Errno.ENOENT && e.errno() != Errno.ENOTEMPTY) {
                throw e;
            }
        }
    }

    private static Optional<OpenDirectory> found(Beneath root, String name) {
        try {
            return Optional.of(
                    new OpenDirectory(
                            root.open(
                                    name, Resolve.NO_SYMLINKS, OpenFlag.READ, OpenFlag.DIRECTORY)));
        } catch (LinuxException e) {
            if (e.errno() == Errno.ENOENT) {
                return Optional.empty();
            }
            throw e;
        }
    }
}
