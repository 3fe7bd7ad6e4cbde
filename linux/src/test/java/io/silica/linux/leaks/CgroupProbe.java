// SPDX-License-Identifier: Apache-2.0
package io.silica.linux.leaks;

import io.silica.linux.MountTable;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Cgroups at and below the given ones, in every hierarchy that is mounted. */
final class CgroupProbe implements Probe {
    private final List<String> roots;

    CgroupProbe(List<String> roots) {
        this.roots = roots;
    }

    @Override
    public String kind() {
        return "cgroups";
    }

    @Override
    public List<String> look() throws IOException {
        var found = new ArrayList<String>();
        for (var mount : MountTable.read().mounts()) {
            if (mount.type().startsWith("cgroup")) {
                for (var root : roots) {
                    walk(mount.point().resolve(root.substring(1)), found);
                }
            }
        }
        return found;
    }

    private static void walk(Path root, List<String> found) throws IOException {
        if (Files.isDirectory(root)) {
            try (var tree = Files.walk(root)) {
                tree.filter(Files::isDirectory).map(Path::toString).forEach(found::add);
            } catch (UncheckedIOException _) {
                // A cgroup was removed while it was read: another look tells.
            }
        }
    }
}
