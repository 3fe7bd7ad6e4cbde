// SPDX-License-Identifier: Apache-2.0
package io.silica.linux.cgroup;

import io.silica.linux.MountTable;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/**
 * Where the cgroup hierarchies of this machine are, and which controllers they have (cgroups(7)).
 *
 * @param v1 the roots of the version 1 hierarchies that have a controller which we use; one root
 *     may serve several
 * @param unified the root of the version 2 hierarchy, if it is mounted
 * @param v2 the controllers that it has; none of them is in {@code v1}
 * @param hidden what is above a root and cannot be seen: the mount, or a private cgroup namespace,
 *     shows only a part
 */
public record Hierarchies(
        Map<Controller, Path> v1, Optional<Path> unified, Set<Controller> v2, boolean hidden) {
    /** How controllers are mounted. */
    public enum Mode {
        /** Nothing to limit or to account with. */
        NONE,
        /** Version 1 only, though an empty version 2 may be mounted beside it. */
        V1,
        /** Some controllers here, some there. */
        HYBRID,
        /** Version 2 only. */
        V2
    }

    public Hierarchies {
        v1 = Map.copyOf(v1);
        v2 = Set.copyOf(v2);
    }

    /** Whether there is something to limit with, and cgroups can be made in all of it. */
    public boolean isWritable() {
        return mode() != Mode.NONE
                && Stream.concat(v1.values().stream(), unified.stream())
                        .allMatch(Files::isWritable);
    }

    /**
     * Looks at this machine.
     *
     * @throws IOException if /proc is not there
     */
    public static Hierarchies detect() throws IOException {
        return detect(MountTable.read(), Files.readAllLines(Path.of("/proc/self/cgroup")));
    }

    /** Those of this machine; empty if there is nothing to limit with. */
    public static Optional<Hierarchies> present() {
        try {
            return Optional.of(detect()).filter(it -> it.mode() != Mode.NONE);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static Hierarchies detect(MountTable table, List<String> membership) throws IOException {
        var v1 = new EnumMap<Controller, Path>(Controller.class);
        Optional<Path> unified = Optional.empty();
        boolean hidden = membership.stream().anyMatch(line -> line.contains(":/.."));
        for (var mount : table.mounts()) {
            if (mount.type().equals("cgroup")) {
                hidden |= addAll(mount, v1);
            } else if (mount.type().equals("cgroup2") && unified.isEmpty()) {
                hidden |= isPart(mount);
                unified = Optional.of(mount.point());
            }
        }
        var v2 = unified.isEmpty() ? Set.<Controller>of() : controllersAt(unified.get());
        return new Hierarchies(v1, unified, v2, hidden);
    }

    private static boolean addAll(MountTable.Mount mount, Map<Controller, Path> v1) {
        boolean part = false;
        for (var option : mount.superOptions()) {
            var controller = Controller.named(option);
            if (controller.isPresent()) {
                v1.putIfAbsent(controller.get(), mount.point());
                part |= isPart(mount);
            }
        }
        return part;
    }

    private static boolean isPart(MountTable.Mount mount) {
        return !mount.root().equals("/");
    }

    private static Set<Controller> controllersAt(Path unified) throws IOException {
        var controllers = EnumSet.noneOf(Controller.class);
        for (var name : Files.readString(unified.resolve("cgroup.controllers")).split("\\s+", 0)) {
            Controller.named(name).ifPresent(controllers::add);
        }
        return controllers;
    }

    /** How the controllers are mounted. */
    public Mode mode() {
        if (v2.isEmpty()) {
            return v1.isEmpty() ? Mode.NONE : Mode.V1;
        }
        return v1.isEmpty() ? Mode.V2 : Mode.HYBRID;
    }

    /** What this machine lacks of what we use. */
    public Set<Controller> missing() {
        var missing = EnumSet.allOf(Controller.class);
        missing.removeAll(v1.keySet());
        missing.removeAll(v2);
        if (v2.contains(Controller.CPU)) {
            missing.remove(Controller.CPUACCT);
        }
        return missing;
    }

    /** The roots of all hierarchies that have a controller which we use, each once. */
    List<Path> roots() {
        var roots = new ArrayList<>(v1.values().stream().distinct().toList());
        if (!v2.isEmpty()) {
            unified.ifPresent(roots::add);
        }
        return roots;
    }
}
