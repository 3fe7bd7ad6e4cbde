// SPDX-License-Identifier: Apache-2.0
package io.silica.server.registry;

import io.silica.sandbox.ContainerId;
import io.silica.sandbox.SandboxException;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;

/**
 * Where each task of the daemon is. A container's id is taken from the first step of its creation
 * to the last step of its removal, whichever sandbox it is in. Safe for use by any thread.
 */
final class TaskIndex {
    private final Set<ContainerId> taken = ConcurrentHashMap.newKeySet();
    private final ConcurrentMap<ContainerId, Placed> tasks = new ConcurrentHashMap<>();

    /**
     * A task and the sandbox that it is in.
     *
     * @param sandbox has it
     * @param task is in it
     */
    record Placed(ManagedSandbox sandbox, Task task) {}

    /**
     * Takes an id.
     *
     * @throws SandboxException.AlreadyExists if it is another's
     */
    void take(ContainerId id) {
        if (!taken.add(id)) {
            throw new SandboxException.AlreadyExists("container \"" + id + "\" is there already");
        }
    }

    /** Gives back an id whose task was never entered. */
    void free(ContainerId id) {
        taken.remove(id);
    }

    /** Enters a task whose id is taken. */
    void enter(Placed placed) {
        tasks.put(placed.task().id(), placed);
    }

    /** Removes a task and frees its id; what is another's by now is not touched. */
    void remove(Placed placed) {
        if (tasks.remove(placed.task().id(), placed)) {
            taken.remove(placed.task().id());
        }
    }

    /**
     * The task of that id.
     *
     * @throws SandboxException.NotFound if there is none
     */
    Placed get(ContainerId id) {
        return find(id).orElseThrow(() ->
                new SandboxException.NotFound("there is no container \"" + id + "\""));
    }

    /** The task of that id, if there is one. */
    Optional<Placed> find(ContainerId id) {
        return Optional.ofNullable(tasks.get(id));
    }

    int size() {
        return tasks.size();
    }
}
