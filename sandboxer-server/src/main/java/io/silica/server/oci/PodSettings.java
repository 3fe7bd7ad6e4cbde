// SPDX-License-Identifier: Apache-2.0
package io.silica.server.oci;

import io.silica.sandbox.MountSpec;
import io.silica.sandbox.SandboxNetwork;
import java.util.List;

/**
 * What a container gets from the pod that it is in.
 *
 * @param network the pod's network
 * @param hostname the pod's host name, which counts where the network is not the host's and the
 *     container has none of its own; empty for none
 * @param files mounts that are added where the container has none at that destination
 * @param sharedMemory the pod's shared memory, in place of one that the container would have for
 *     itself
 */
public record PodSettings(
        SandboxNetwork network, String hostname, List<MountSpec> files, MountSpec sharedMemory) {
    public PodSettings {
        files = List.copyOf(files);
    }
}
