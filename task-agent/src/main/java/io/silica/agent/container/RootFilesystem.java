// SPDX-License-Identifier: Apache-2.0
package io.silica.agent.container;

import io.silica.linux.LinuxException;
import io.silica.linux.Mounts;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * The root file system of a container: the image's, read-only, and over it a layer that can be
 * written, of memory and of limited size. Everything here may block.
 */
final class RootFilesystem {
    private final Path writable;
    private final Path merged;

    private RootFilesystem(Path writable, Path merged) {
        this.writable = writable;
        this.merged = merged;
    }

    /**
     * Mounts it.
     *
     * @param directory the container's own
     * @param image what is below
     * @param bytes most that can be written; 0 for half of the machine's memory
     */
    static RootFilesystem mount(Path directory, Path image, long bytes) throws IOException {
        var root = in(directory);
        Files.createDirectories(root.writable);
        Files.createDirectories(root.merged);
        var size = bytes == 0 ? "size=50%" : "size=" + bytes;
        Mounts.mount("tmpfs", "tmpfs", root.writable, List.of("nodev", size, "mode=0755"));
        try {
            root.mountOverlay(image);
            return root;
        } catch (IOException | RuntimeException e) {
            root.unmount();
            throw e;
        }
    }

    /** The one of that directory, mounted or not. */
    static RootFilesystem in(Path directory) {
        return new RootFilesystem(directory.resolve("writable"), directory.resolve("rootfs"));
    }

    private void mountOverlay(Path image) throws IOException {
        var upper = Files.createDirectory(writable.resolve("upper"));
        var work = Files.createDirectory(writable.resolve("work"));
        Mounts.mount(
                "overlay",
                "overlay",
                merged,
                List.of("lowerdir=" + image, "upperdir=" + upper, "workdir=" + work));
    }

    Path path() {
        return merged;
    }

    /** What was written is gone then. Idempotent. */
    void unmount() {
        detach(merged);
        detach(writable);
    }

    private static void detach(Path mountPoint) {
        try {
            Mounts.detach(mountPoint);
        } catch (LinuxException _) {
            // Nothing is mounted there.
        }
    }
}
