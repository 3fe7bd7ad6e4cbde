// SPDX-License-Identifier: Apache-2.0

/**
 * Quark behind the seam: a virtual machine for each pod whose kernel, qkernel, answers system calls
 * and asks a process of the host for the rest. What is known of Quark is known from its source; it
 * was never run here. docs/appkernel.md lists what that leaves unproven.
 *
 * <pre>
 *   DIRECTORY/POD/id                the sandbox's
 *   DIRECTORY/POD/process           pid and start time of its process
 *   DIRECTORY/POD/containers/ID/    what the next daemon has to know of a container
 *   DIRECTORY/POD/quark-task.sock   where Quark serves containerd's task service
 *   DIRECTORY/POD/pid               as Quark writes it
 *   DIRECTORY/POD/sandbox/          all that Quark sees of the host
 *       config.json, rootfs/        the sandbox's own
 *       ID/config.json, ID/rootfs/  a container
 *       ID/stdin, ID/EXEC-stdin     streams of its processes
 * </pre>
 *
 * <p>Rules: what is mounted for a container is mounted below {@code sandbox/}, by descriptors,
 * since what is in a root file system is a stranger's; nothing is removed as long as anything is
 * mounted there. Pids that Quark tells are not believed, and neither is the exit of its command: a
 * sandbox runs when its task service answers.
 */
@NullMarked
package io.silica.appkernel.quark;

import org.jspecify.annotations.NullMarked;
