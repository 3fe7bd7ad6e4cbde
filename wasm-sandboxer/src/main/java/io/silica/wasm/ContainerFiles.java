// SPDX-License-Identifier: Apache-2.0
package io.silica.wasm;

import io.silica.linux.Descriptor;
import io.silica.linux.DetachedMount;
import io.silica.linux.Errno;
import io.silica.linux.LinuxException;
import io.silica.linux.OpenFlag;
import io.silica.proto.wasm.Preopen;
import io.silica.proto.wasm.WasmContainer;
import io.silica.sandbox.ContainerConfig;
import io.silica.sandbox.MountSpec;
import io.silica.sandbox.SandboxException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;

/**
 * All that a container may reach, opened, and its description for the worker. Opening it can block
 * for as long as a volume does not answer. What is mounted over a single file is left out: a guest
 * finds directories open, not files.
 */
final class ContainerFiles implements AutoCloseable {
    /** As many as a worker takes in one message, with the compiled module. */
    private static final int MAXIMUM = 127;

    private final ContainerConfig config;
    private final Supplier<List<Descriptor>> sockets;
    private final List<Descriptor> descriptors = new ArrayList<>();
    private final WasmContainer.Builder description = WasmContainer.newBuilder();

    private ContainerFiles(ContainerConfig config, Supplier<List<Descriptor>> sockets) {
        this.config = config;
        this.sockets = sockets;
    }

    /**
     * Opens everything, or nothing.
     *
     * @param sockets opens those on which it takes connections
     * @throws SandboxException.InvalidArgument naming what is missing
     */
    static ContainerFiles open(ContainerConfig config, Supplier<List<Descriptor>> sockets) {
        var files = new ContainerFiles(config, sockets);
        try {
            files.openAll();
            return files;
        } catch (LinuxException e) {
            files.close();
            throw new SandboxException.InvalidArgument(
                    "cannot open the files of container \"%s\": %s"
                            .formatted(config.id(), e.getMessage()),
                    e);
        } catch (RuntimeException e) {
            files.close();
            throw e;
        }
    }

    private void openAll() {
        description.setModule(add(ModuleFile.open(config)));
        preopen("/", config.rootfs(), config.spec().rootReadOnly());
        config.spec().mounts().stream().filter(MountSpec::isBind).forEach(this::preopen);
        findStreams();
        sockets.get().forEach(socket -> description.addListeners(add(socket)));
        if (descriptors.size() > MAXIMUM) {
            throw new SandboxException.InvalidArgument(
                    "container \"%s\" needs %d descriptors; a Wasm container has at most %d"
                            .formatted(config.id(), descriptors.size(), MAXIMUM));
        }
    }

    private void preopen(MountSpec mount) {
        try {
            preopen(mount.destination(), Path.of(mount.source()), mount.isReadOnly());
        } catch (LinuxException e) {
            if (e.errno() != Errno.ENOTDIR) {
                throw e;
            }
        }
    }

    private void preopen(String guestPath, Path directory, boolean readOnly) {
        int index = add(mounted(directory, readOnly));
        description.addPreopens(
                Preopen.newBuilder()
                        .setGuestPath(guestPath)
                        .setDirectory(index)
                        .setReadOnly(readOnly));
    }

    /**
     * A mount of its own, at no path of the host: its {@code ..} leads nowhere, and the kernel
     * refuses devices, and changes where there must be none. It is gone with its last descriptor.
     */
    private static Descriptor mounted(Path directory, boolean readOnly) {
        try (var place = Descriptor.open(directory, OpenFlag.PATH, OpenFlag.DIRECTORY);
                var mount = DetachedMount.bind(place)) {
            mount.restrict(readOnly);
            return mount.descriptor().duplicate();
        }
    }

    /** Only found, not opened: worker.proto says why. */
    private void findStreams() {
        var stdio = config.stdio();
        if (!stdio.stdin().isEmpty()) {
            description.setStdin(add(found(stdio.stdin())));
        }
        if (!stdio.stdout().isEmpty()) {
            description.setStdout(add(found(stdio.stdout())));
        }
        if (!stdio.stderr().isEmpty()) {
            description.setStderr(add(found(stdio.stderr())));
        }
    }

    private Descriptor found(String fifo) {
        return Descriptor.open(stream(fifo), OpenFlag.PATH);
    }

    private Path stream(String fifo) {
        if (!fifo.startsWith("/")) {
            throw new SandboxException.Unsupported(
                    "a stream of container \"%s\" is no FIFO: set io_type = \"fifo\" for the runtime"
                            .formatted(config.id()));
        }
        return Path.of(fifo);
    }

    private int add(Descriptor descriptor) {
        descriptors.add(descriptor);
        return descriptors.size() - 1;
    }

    /** The module's file, open for reading. */
    Descriptor module() {
        return descriptors.get(description.getModule());
    }

    /** Adds the module's compiled form, which is its own from now on; in place of another one. */
    void compiled(Descriptor form) {
        if (description.hasCompiled()) {
            descriptors.set(description.getCompiled(), form).close();
        } else {
            description.setCompiled(add(form));
        }
    }

    /** In the order of the indexes in the description. */
    List<Descriptor> descriptors() {
        return List.copyOf(descriptors);
    }

    /** Which descriptor is what; the rest of the container is for the caller to add. */
    WasmContainer.Builder description() {
        return description.clone();
    }

    @Override
    public void close() {
        descriptors.forEach(Descriptor::close);
    }
}
