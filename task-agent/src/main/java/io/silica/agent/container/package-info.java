// SPDX-License-Identifier: Apache-2.0
/**
 * Containers and their processes: what crun is told, what the kernel tells of them, and what is
 * kept until somebody has asked for it.
 *
 * <p>Rules: a process is waited for and signalled by way of the {@link
 * io.silica.agent.container.Reaper} only, which alone collects statuses; what crun or the kernel
 * may take long over runs on a platform thread, because a guest may have one processor, and so one
 * carrier.
 */
@NullMarked
package io.silica.agent.container;

import org.jspecify.annotations.NullMarked;
