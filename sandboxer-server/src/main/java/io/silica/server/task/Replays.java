// SPDX-License-Identifier: Apache-2.0
package io.silica.server.task;

import io.silica.sandbox.ContainerId;
import io.silica.sandbox.ExecId;
import io.silica.sandbox.ProcessState;
import io.silica.server.host.ContainerRequest;
import io.silica.server.registry.SandboxRegistry;
import io.silica.server.registry.Task;
import io.silica.server.registry.Tombstone;
import java.util.Optional;

/**
 * What is so already of a request that an earlier life of the daemon has begun: that life may have
 * carried it out without answering it, and then its answer is what would have been given. What is
 * not so is done as if it were asked for the first time. docs/recovery.md has the table.
 *
 * <p>Where the record cannot tell, the agent is asked first: these methods may block as long as a
 * change waits for it.
 */
final class Replays {
    private final SandboxRegistry registry;

    Replays(SandboxRegistry registry) {
        this.registry = registry;
    }

    /** The container that was to be created, if it was. */
    Optional<Task> created(ContainerRequest wanted) {
        return registry.find(wanted.id()).filter(task -> task.bundle().equals(wanted.bundle()));
    }

    /** Whether a process runs, or has run. */
    boolean isStarted(Task task, Optional<ExecId> exec) {
        return !(task.stateFound(exec) instanceof ProcessState.Created);
    }

    /** Whether a process has ended, so that there is nothing to be signalled. */
    boolean hasEnded(Task task, Optional<ExecId> exec) {
        return task.stateFound(exec) instanceof ProcessState.Stopped;
    }

    /** Whether a process was added. */
    boolean isAdded(Task task, ExecId exec) {
        return task.hasFound(exec);
    }

    /** What was deleted, if it is there no more and was deleted lately. */
    Optional<Tombstone> deleted(ContainerId id, Optional<ExecId> exec) {
        return registry.tombstone(id, exec);
    }
}
