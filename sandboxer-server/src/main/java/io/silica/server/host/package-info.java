// SPDX-License-Identifier: Apache-2.0
/**
 * What CRI does itself for its own sandboxes, leaves undone for a sandboxer's, and somebody has to
 * do on the host: mount the snapshots of root file systems, write resolv.conf, hosts and host name,
 * share memory between the containers of a pod, keep the pod's cgroup, and lead namespaces to the
 * pod's.
 *
 * <pre>
 *   PodHost --prepare/adopt--> PreparedPod --prepareContainer--> ContainerConfig
 *      |                          |  BlockingCalls (its own)          ^
 *      `-- PodDirectory           `-- Rootfs, PodCgroup        oci.OciDocument.in(pod)
 *
 *   SANDBOXES/ID/               0700
 *     resolv.conf hosts hostname  shown read-only in each container
 *     shm/                        a tmpfs, the pod's /dev/shm
 * </pre>
 *
 * <p>Rules: what was made before a step failed is undone; everything that is released may be
 * released twice; a call into the kernel that can block is made by {@link
 * io.silica.server.host.BlockingCalls}, so that a volume that never answers stalls its own pod
 * only.
 */
@NullMarked
package io.silica.server.host;

import org.jspecify.annotations.NullMarked;
