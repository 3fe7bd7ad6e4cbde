// SPDX-License-Identifier: Apache-2.0

/**
 * Cgroups, version 1 and 2. Nothing native: they are files.
 *
 * <p>{@link io.silica.linux.cgroup.Hierarchies} finds out from the mount table which controllers
 * there are and where; nothing assumes a layout of /sys/fs/cgroup. A {@link
 * io.silica.linux.cgroup.Cgroup} is one path in all hierarchies. A controller that is missing is
 * reported, and is an error only if a limit needs it. The kernel answers at once: any thread may
 * call everything, though a virtual one is pinned for the moment of a file access; {@code delete}
 * waits, bounded.
 */
@NullMarked
package io.silica.linux.cgroup;

import org.jspecify.annotations.NullMarked;
