// SPDX-License-Identifier: Apache-2.0
package io.silica.wasm;

import io.silica.linux.Descriptor;
import io.silica.linux.FileStatus;
import io.silica.linux.FileType;
import io.silica.linux.LinuxException;
import io.silica.linux.OpenFlag;
import io.silica.proto.wasm.Preopen;
import io.silica.proto.wasm.WasmContainer;
import io.silica.sandbox.ContainerConfig;
import io.silica.sandbox.SandboxException;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;

/**
 * All that a container may reach, opened, and its description for the worker. Opening it can block
 * for as long as a volume does not answer.
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
        } catch (InvalidPathException e) {
            files.close();
            throw new SandboxException.InvalidArgument(
                    "a path of container \"%s\" can't be one: %s"
                            .formatted(config.id(), e.getReason()),
                    e);
        } catch (RuntimeException e) {
            files.close();
            throw e;
        }
    }

    private void openAll() {
        var module = ModuleFile.of(config);
        try (var directories = GuestDirectories.of(config)) {
            var ofModule = directories.covering(module.path());
            for (var directory : directories.all()) {
                int index = add(directory.open());
                describe(directory, index);
                if (directory == ofModule) {
                    var found = module.open(descriptors.get(index), directory.path());
                    description.setModule(add(found));
                }
            }
        }
        findStreams();
        sockets.get().forEach(socket -> description.addListeners(add(socket)));
        if (descriptors.size() > MAXIMUM) {
            throw new SandboxException.InvalidArgument(
                    "container \"%s\" needs %d descriptors; a Wasm container has at most %d"
                            .formatted(config.id(), descriptors.size(), MAXIMUM));
        }
    }

    private void describe(GuestDirectory directory, int index) {
        description.addPreopens(
                Preopen.newBuilder()
                        .setGuestPath(directory.path())
                        .setDirectory(index)
                        .setReadOnly(directory.isReadOnly()));
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

    /** Whatever else it is, the worker could not wait for it. */
    private Descriptor found(String fifo) {
        var found = Descriptor.open(stream(fifo), OpenFlag.PATH);
        if (FileStatus.of(found).type() != FileType.FIFO) {
            found.close();
            throw new SandboxException.InvalidArgument(
                    "a stream of container \"%s\" is no FIFO: %s".formatted(config.id(), fifo));
        }
        return found;
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
