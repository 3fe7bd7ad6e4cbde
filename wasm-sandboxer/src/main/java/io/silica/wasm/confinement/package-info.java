// SPDX-License-Identifier: Apache-2.0

/**
 * Starts a JVM that can reach nothing but what it is handed: without capabilities, in namespaces of
 * its own (mount, pid, ipc, network, uts, cgroup), below a system call filter. The program bwrap of
 * bubblewrap does it.
 *
 * <pre>
 *   daemon --spawns--> bwrap, waits --its child--> the JVM: process 1 of its pid namespace
 * </pre>
 *
 * <p>The daemon knows the JVM by its pid in the daemon's own namespace. Neither of them ends with
 * the daemon; bwrap ends with the JVM, and whatever the JVM has started is killed with it.
 */
@NullMarked
package io.silica.wasm.confinement;

import org.jspecify.annotations.NullMarked;
