// SPDX-License-Identifier: Apache-2.0
package io.silica.wasm;

import io.silica.linux.Beneath;
import io.silica.linux.Descriptor;
import io.silica.linux.LinuxException;
import io.silica.linux.OpenFlag;
import io.silica.sandbox.ContainerConfig;
import io.silica.sandbox.SandboxException;
import io.silica.server.oci.ContainerPath;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Finds the module that a container names: its first argument, absolute or relative to its working
 * directory, in its root file system or a volume. Links are followed as inside the container. The
 * annotations by which other runtimes know a Wasm image ({@code module.wasm.image/variant}, {@code
 * run.oci.handler}) need nothing else and so change nothing.
 */
final class ModuleFile {
    private final ContainerConfig config;
    private final String path;

    private ModuleFile(ContainerConfig config, String path) {
        this.config = config;
        this.path = path;
    }

    /**
     * The one that a container names, which need not be there.
     *
     * @throws SandboxException.InvalidArgument if it names none
     */
    static ModuleFile of(ContainerConfig config) {
        var process = config.spec().process();
        if (process.args().isEmpty()) {
            throw new SandboxException.InvalidArgument(
                    "container \"%s\" names no module: its command is empty"
                            .formatted(config.id()));
        }
        return new ModuleFile(
                config, ContainerPath.resolved(process.cwd(), process.args().getFirst()));
    }

    /** In the container, normalized. */
    String path() {
        return path;
    }

    /**
     * Opens it for reading.
     *
     * @param directory the one that it is in, as the guest has it; it stays the caller's
     * @param directoryPath where that is in the container
     * @throws SandboxException.InvalidArgument if it is not there or no regular file
     */
    Descriptor open(Descriptor directory, String directoryPath) {
        var relative = ContainerPath.relative(path, directoryPath);
        try (var beneath = Beneath.at(directory.duplicate());
                var place = beneath.open(relative, Beneath.Resolve.IN_ROOT, OpenFlag.PATH)) {
            var file = Path.of("/proc/self/fd/" + place.number());
            if (!Files.isRegularFile(file)) {
                throw refused("is no regular file");
            }
            return Descriptor.open(file, OpenFlag.READ, OpenFlag.NON_BLOCKING);
        } catch (LinuxException e) {
            throw refused("can't be opened: " + e.errno().reason());
        }
    }

    private SandboxException refused(String why) {
        return new SandboxException.InvalidArgument(
                "the module %s of container \"%s\" %s".formatted(path, config.id(), why));
    }
}
