// SPDX-License-Identifier: Apache-2.0
/**
 * Tells containerd's subscribers what happens to tasks.
 *
 * <pre>
 *   publish(TaskEvent) --> PendingEvents --> EventOutbox's thread --> EventForwarder --> containerd
 *       (any thread)       (bounded)         (one, virtual)           (ttrpc, redials)
 * </pre>
 *
 * <p>CRI needs only /tasks/oom (its reason OOMKilled, before 2.3); the rest is for {@code ctr
 * events} and events} and those who build on containerd. So nothing waits for an event and nothing
 * fails because of one.
 */
@NullMarked
package io.silica.server.events;

import org.jspecify.annotations.NullMarked;
