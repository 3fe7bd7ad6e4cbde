// SPDX-License-Identifier: Apache-2.0

/**
 * What a guest sees of the host's files: one directory for each pod, which virtiofs exports, and in
 * it nothing but mounts that were made for this pod, each resolved once. The guest names nothing:
 * no path of its own is ever resolved on the host.
 *
 * <pre>
 *   share/            tmpfs, shared: what is mounted below it appears in the other two
 *   share/ID/root     the container's root file system, read-only
 *   share/ID/mN       its N-th volume
 *   exported/         the same, read-only as far as it is tmpfs: what the guest is given
 * </pre>
 */
@NullMarked
package io.silica.vmm.storage;

import org.jspecify.annotations.NullMarked;
