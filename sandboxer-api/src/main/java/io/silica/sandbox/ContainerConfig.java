// SPDX-License-Identifier: Apache-2.0
package io.silica.sandbox;

import java.nio.file.Path;

/**
 * How a container was set up on the host, before its kind makes it: the root file system is
 * mounted, what CRI leaves to a sandboxer (host name, resolv.conf, hosts, shared memory,
 * namespaces) is in the specification.
 *
 * @param id its identifier
 * @param sandbox the sandbox that it is in
 * @param bundle containerd's directory for it
 * @param rootfs where its root file system is mounted
 * @param spec what it is to be
 * @param stdio the streams of its first process
 */
public record ContainerConfig(
        ContainerId id, SandboxId sandbox, Path bundle, Path rootfs, OciSpec spec, Stdio stdio) {}
