// SPDX-License-Identifier: Apache-2.0

/**
 * What the daemon knows: its sandboxes, the tasks in them and their processes.
 *
 * <pre>
 *   SandboxRegistry --id--> ManagedSandbox --> SandboxTasks --+--> Task --+--> TaskProcess (init)
 *        |                    Driver, RecordWriter            |   Driver  `--> TaskProcess (exec) ...
 *        `--> TaskIndex --id----------------------------------'
 * </pre>
 *
 * <p>Rules: a request that changes a sandbox or a task runs on that object's {@link
 * io.silica.server.registry.Driver}, one after another; a signal does not wait in that line, and an
 * end is taken note of at once. What is so now is an immutable snapshot in a volatile field, so
 * that a question never waits for a change. A caller that gives up does not interrupt what it
 * began.
 */
@NullMarked
package io.silica.server.registry;

import org.jspecify.annotations.NullMarked;
