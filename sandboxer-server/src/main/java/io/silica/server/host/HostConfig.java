// SPDX-License-Identifier: Apache-2.0
package io.silica.server.host;

import io.silica.server.oci.OciLimits;
import java.nio.file.Path;
import java.time.Duration;

/**
 * How pods are prepared on this host.
 *
 * @param resolver the host's resolv.conf, for pods that leave theirs to it
 * @param hosts the host's hosts file, for pods in its network
 * @param sharedMemoryBytes the size of a pod's {@code /dev/shm}
 * @param blockingCalls how many native calls one pod may have under way
 * @param deadline how long one of them may take
 * @param oci how big a container's specification may be
 */
public record HostConfig(
        Path resolver,
        Path hosts,
        long sharedMemoryBytes,
        int blockingCalls,
        Duration deadline,
        OciLimits oci) {
    /** As containerd does it: 64 MiB of shared memory, the usual files. */
    public static HostConfig of(int blockingCalls, Duration deadline) {
        return new HostConfig(
                Path.of("/etc/resolv.conf"),
                Path.of("/etc/hosts"),
                64L << 20,
                blockingCalls,
                deadline,
                OciLimits.DEFAULT);
    }
}
