// SPDX-License-Identifier: Apache-2.0
package io.silica.server.host;

import io.silica.sandbox.ContainerId;
import io.silica.sandbox.MountSpec;
import io.silica.sandbox.SandboxId;
import io.silica.sandbox.Stdio;
import java.nio.file.Path;
import java.util.List;

/**
 * A container that containerd asks for.
 *
 * @param id its identifier
 * @param sandbox the sandbox that it is to be in
 * @param bundle containerd's directory for it
 * @param rootfs the mounts that are its root file system; containerd has not made them
 * @param stdio the streams of its first process
 */
public record ContainerRequest(
        ContainerId id, SandboxId sandbox, Path bundle, List<MountSpec> rootfs, Stdio stdio) {
    public ContainerRequest {
        rootfs = List.copyOf(rootfs);
    }
}
