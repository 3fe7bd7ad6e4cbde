// SPDX-License-Identifier: Apache-2.0
package io.silica.agent.container;

import java.nio.file.Path;

/**
 * Where things are in this machine.
 *
 * @param run what is gone with the machine
 * @param cgroups the root of all cgroups
 * @param crun the program
 */
public record GuestPaths(Path run, Path cgroups, Path crun) {
    /** The cgroup of all containers together. */
    public static final String POD = "pod";

    /** Those of a guest. */
    public static GuestPaths standard() {
        return new GuestPaths(
                Path.of("/run/silica"), Path.of("/sys/fs/cgroup"), Path.of("/usr/bin/crun"));
    }

    Path container(String id) {
        return run.resolve("containers").resolve(id);
    }

    Path crunState() {
        return run.resolve("crun");
    }

    /** What the host shares. */
    public Path share() {
        return run.resolve("share");
    }

    /** Files that all containers get. */
    public Path files() {
        return run.resolve("files");
    }

    /** The pod's shared memory. */
    public Path sharedMemory() {
        return run.resolve("shm");
    }

    /** The cgroup of the pod. */
    public Path podCgroup() {
        return cgroups.resolve(POD);
    }
}
