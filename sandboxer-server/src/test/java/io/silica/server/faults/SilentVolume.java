// SPDX-License-Identifier: Apache-2.0
package io.silica.server.faults;

import io.silica.linux.Descriptor;
import io.silica.linux.Mounts;
import io.silica.linux.OpenFlag;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * A FUSE file system whose server never answers: whoever asks it for anything is in a native call
 * that does not return until this is closed.
 */
final class SilentVolume implements AutoCloseable {
    private static final Path DEVICE = Path.of("/dev/fuse");

    private final Path mountPoint;
    private final Descriptor server;

    private SilentVolume(Path mountPoint, Descriptor server) {
        this.mountPoint = mountPoint;
        this.server = server;
    }

    /** Whether this machine has FUSE, and lets us mount it. */
    static boolean isPossible() {
        return Files.isReadable(DEVICE) && "root".equals(System.getProperty("user.name"));
    }

    /** Mounts one at an existing directory. */
    static SilentVolume mount(Path mountPoint) {
        var server = Descriptor.open(DEVICE, OpenFlag.READ_WRITE);
        Mounts.mount(
                "fuse",
                "silent",
                mountPoint,
                List.of("fd=" + server.number(), "rootmode=40000", "user_id=0", "group_id=0"));
        return new SilentVolume(mountPoint, server);
    }

    /**
     * A directory of it, as far as anybody knows. Of two callers who look for the same name, the
     * second waits for the first and not for the volume.
     */
    Path directory(String name) {
        return mountPoint.resolve(name);
    }

    /**
     * How many threads of this process are in a call to it: they sleep where nothing wakes them.
     */
    static long callers() throws IOException {
        try (var tasks = Files.list(Path.of("/proc/self/task"))) {
            return tasks.filter(SilentVolume::isInFuse).count();
        }
    }

    private static boolean isInFuse(Path task) {
        try {
            return Files.readString(task.resolve("wchan")).contains("fuse");
        } catch (IOException _) {
            return false; // It has ended meanwhile.
        }
    }

    /** The kernel ends every call to a volume whose server is gone. Idempotent. */
    @Override
    public void close() {
        if (server.isOpen()) {
            server.close();
            Mounts.detach(mountPoint);
        }
    }
}
