// SPDX-License-Identifier: Apache-2.0
package io.silica.wasm;

import io.silica.linux.Beneath;
import io.silica.linux.Descriptor;
import io.silica.linux.LinuxException;
import io.silica.linux.OpenFlag;
import io.silica.sandbox.ContainerConfig;
import io.silica.sandbox.MountSpec;
import io.silica.sandbox.SandboxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;

/**
 * Finds the module that a container names: its first argument, absolute or relative to its working
 * directory, in its root file system or a volume. Links are followed as inside the container. The
 * annotations by which other runtimes know a Wasm image ({@code module.wasm.image/variant}, {@code
 * run.oci.handler}) need nothing else and so change nothing.
 */
final class ModuleFile {
    private static final Path ROOT = Path.of("/");

    private ModuleFile() {}

    /**
     * Opens it for reading.
     *
     * @throws SandboxException.InvalidArgument if it is not there or no regular file
     */
    static Descriptor open(ContainerConfig config) {
        var process = config.spec().process();
        if (process.args().isEmpty()) {
            throw new SandboxException.InvalidArgument(
                    "container \"%s\" names no module: its command is empty"
                            .formatted(config.id()));
        }
        var guestPath = ROOT.resolve(process.cwd()).resolve(process.args().getFirst()).normalize();
        var volume =
                config.spec().mounts().stream()
                        .filter(MountSpec::isBind)
                        .filter(mount -> guestPath.startsWith(mount.destination()))
                        .max(Comparator.comparingInt(mount -> mount.destination().length()));
        var directory = volume.map(mount -> Path.of(mount.source())).orElse(config.rootfs());
        var root = volume.map(mount -> Path.of(mount.destination())).orElse(ROOT);
        return open(directory, root.relativize(guestPath), config, guestPath);
    }

    private static Descriptor open(
            Path directory, Path relative, ContainerConfig config, Path guestPath) {
        try (var beneath = Beneath.of(directory);
                var place =
                        beneath.open(relative.toString(), Beneath.Resolve.IN_ROOT, OpenFlag.PATH)) {
            var file = Path.of("/proc/self/fd/" + place.number());
            if (!Files.isRegularFile(file)) {
                throw refused(config, guestPath, "is no regular file");
            }
            return Descriptor.open(file, OpenFlag.READ, OpenFlag.NON_BLOCKING);
        } catch (LinuxException e) {
            throw refused(config, guestPath, "can't be opened: " + e.errno().reason());
        }
    }

    private static SandboxException refused(ContainerConfig config, Path guestPath, String why) {
        return new SandboxException.InvalidArgument(
                "the module %s of container \"%s\" %s".formatted(guestPath, config.id(), why));
    }
}
