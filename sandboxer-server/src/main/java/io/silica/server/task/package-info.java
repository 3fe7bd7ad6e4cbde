// SPDX-License-Identifier: Apache-2.0

/**
 * The Task service, version 3, as containerd dials it for every container: a thin adapter between
 * ttrpc and the {@link io.silica.server.registry.SandboxRegistry}.
 *
 * <p>What is answered from memory (State, Connect, Pids, Shutdown) is answered on the event loop; a
 * Wait is held open without a thread; everything else has a virtual thread of its own.
 */
@NullMarked
package io.silica.server.task;

import org.jspecify.annotations.NullMarked;
