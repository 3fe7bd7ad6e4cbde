// SPDX-License-Identifier: Apache-2.0
package io.silica.linux.cgroup;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.OptionalLong;

/** How much memory the cgroups of this process let it have: what a JVM finds out by itself. */
public final class OwnMemory {
    private OwnMemory() {}

    /**
     * The least limit of all the cgroups that it is in; empty if there is none.
     *
     * @throws IOException if /proc is not there
     */
    public static OptionalLong limit() throws IOException {
        return limit(Hierarchies.detect(), Files.readAllLines(Path.of("/proc/self/cgroup")));
    }

    static OptionalLong limit(Hierarchies hierarchies, List<String> membership) {
        var v1 = hierarchies.v1().get(Controller.MEMORY);
        if (v1 != null) {
            return limit(v1, path(membership, "memory"), "memory.limit_in_bytes");
        }
        return hierarchies
                .unified()
                .map(root -> limit(root, path(membership, ""), "memory.max"))
                .orElse(OptionalLong.empty());
    }

    /** In a line NUMBER:CONTROLLERS:PATH; what is above a private namespace cannot be seen. */
    private static Path path(List<String> membership, String controller) {
        return membership.stream()
                .map(line -> line.split(":", 3))
                .filter(fields -> List.of(fields[1].split(",", -1)).contains(controller))
                .map(fields -> Path.of(fields[2]))
                .filter(path -> path.equals(path.normalize()))
                .findFirst()
                .orElse(Path.of("/"));
    }

    private static OptionalLong limit(Path root, Path path, String file) {
        var least = ControlFile.limit(root.resolve(file));
        var at = root;
        for (var name : path) {
            at = at.resolve(name);
            least = least(least, ControlFile.limit(at.resolve(file)));
        }
        return least;
    }

    private static OptionalLong least(OptionalLong a, OptionalLong b) {
        if (a.isEmpty() || b.isEmpty()) {
            return a.isEmpty() ? b : a;
        }
        return OptionalLong.of(Math.min(a.getAsLong(), b.getAsLong()));
    }
}
