// SPDX-License-Identifier: Apache-2.0
package io.silica.linux.leaks;

import io.silica.linux.MountTable;
import java.nio.file.Path;
import java.util.List;

/** Mounts below the directories that tests use. */
final class MountProbe implements Probe {
    private final List<Path> below;

    MountProbe(List<Path> below) {
        this.below = below;
    }

    @Override
    public String kind() {
        return "mounts";
    }

    @Override
    public List<String> look() {
        return MountTable.read().mounts().stream()
                .filter(mount -> below.stream().anyMatch(mount.point()::startsWith))
                .map(mount -> "%s (%s)".formatted(mount.point(), mount.type()))
                .toList();
    }
}
