// SPDX-License-Identifier: Apache-2.0
package io.silica.server.host;

import io.silica.linux.DetachedMount;
import io.silica.linux.DetachedMount.Option;
import io.silica.linux.Errno;
import io.silica.linux.LinuxException;
import io.silica.linux.Mounts;
import io.silica.sandbox.MountSpec;
import io.silica.sandbox.SandboxException.InvalidArgument;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/** How the mount of a root file system is made. */
sealed interface RootMount {
    /** mount(2) takes one page of options. */
    int PAGE = 4_095;

    /** Mounts at an existing directory. */
    void at(Path target);

    /**
     * Chooses.
     *
     * @throws InvalidArgument if it makes no root file system
     */
    static RootMount of(MountSpec mount) {
        if (mount.isBind()) {
            return new Bind(mount);
        }
        boolean layers = mount.type().equals("overlay");
        if (layers && mount.options().stream().noneMatch(it -> it.startsWith(Overlay.LOWER))) {
            throw new InvalidArgument("an overlay without lowerdir is no root file system");
        }
        boolean fits = String.join(",", mount.options()).length() <= PAGE;
        return layers && !fits ? new Overlay(mount.options()) : new Classic(mount);
    }

    /** A directory of the host. A file or a device would be mounted by its looks: refused. */
    record Bind(MountSpec mount) implements RootMount {
        public Bind {
            Path source = Path.of(mount.source());
            if (!source.isAbsolute() || !Files.isDirectory(source)) {
                throw new InvalidArgument("the root file system is not a directory: " + source);
            }
        }

        @Override
        public void at(Path target) {
            Mounts.mount("bind", mount.source(), target, mount.options());
        }
    }

    /** Whatever the kernel mounts by its name. */
    record Classic(MountSpec mount) implements RootMount {
        @Override
        public void at(Path target) {
            Mounts.mount(mount.type(), mount.source(), target, mount.options());
        }
    }

    /**
     * An overlay of so many layers that each has to be named in a call of its own, or, before Linux
     * 6.8, from the directory that all of them are in.
     */
    record Overlay(List<String> options) implements RootMount {
        private static final String LOWER = "lowerdir=";

        @Override
        public void at(Path target) {
            try {
                separately(target);
            } catch (LinuxException e) {
                if (e.errno() != Errno.EINVAL || !together(target)) {
                    throw e;
                }
            }
        }

        /** Whether it could be tried: the names have to fit into a page, and be no options. */
        boolean together(Path target) {
            var layers = layers();
            if (!layers.stream().allMatch(Path::isAbsolute)) {
                return false;
            }
            var directory = directoryOf(layers);
            var shortened = options.stream().map(it -> shortened(it, directory, layers)).toList();
            boolean fits =
                    shortened.stream().noneMatch(option -> option.contains(","))
                            && String.join(",", shortened).length() <= PAGE;
            if (fits) {
                Mounts.mountFrom(directory, "overlay", "overlay", target, shortened);
            }
            return fits;
        }

        private static Path directoryOf(List<Path> layers) {
            var directory = layers.getFirst();
            while (directory.getParent() != null && !isAbove(directory, layers)) {
                directory = directory.getParent();
            }
            return directory;
        }

        private static boolean isAbove(Path directory, List<Path> layers) {
            return layers.stream()
                    .allMatch(layer -> layer.startsWith(directory) && !layer.equals(directory));
        }

        private static String shortened(String option, Path directory, List<Path> layers) {
            return option.startsWith(LOWER)
                    ? layers.stream()
                            .map(layer -> directory.relativize(layer).toString())
                            .collect(Collectors.joining(":", LOWER, ""))
                    : option;
        }

        private void separately(Path target) {
            try (var overlay = DetachedMount.create("overlay", "overlay", separate())) {
                if (options.contains("ro")) {
                    overlay.readOnly(false);
                }
                // Unlike mount(2), move_mount(2) does not follow the link of a descriptor.
                overlay.attach(target.toRealPath());
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        private List<Option> separate() {
            var separate = new ArrayList<Option>();
            for (String option : options) {
                if (option.startsWith(LOWER)) {
                    layers(option.substring(LOWER.length()))
                            .forEach(layer -> separate.add(new Option("lowerdir+", layer)));
                } else if (!option.equals("ro") && !option.equals("rw")) {
                    separate.add(pair(option));
                }
            }
            return separate;
        }

        private List<Path> layers() {
            return options.stream()
                    .filter(option -> option.startsWith(LOWER))
                    .flatMap(option -> layers(option.substring(LOWER.length())).stream())
                    .map(Path::of)
                    .toList();
        }

        private static List<String> layers(String lower) {
            if (lower.contains("\\") || lower.contains("::")) {
                throw new InvalidArgument(
                        "an overlay of this size must not have escapes or data-only layers");
            }
            return List.of(lower.split(":", -1));
        }

        private static Option pair(String option) {
            int equals = option.indexOf('=');
            return equals < 0
                    ? new Option(option, "")
                    : new Option(option.substring(0, equals), option.substring(equals + 1));
        }
    }
}
