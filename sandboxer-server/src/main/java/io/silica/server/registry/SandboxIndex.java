// SPDX-License-Identifier: Apache-2.0
package io.silica.server.registry;

import io.silica.sandbox.SandboxException;
import io.silica.sandbox.SandboxId;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;

/**
 * The sandboxes of the daemon. An id is taken from the first step of a creation to the last step of
 * a removal. Safe for use by any thread.
 */
final class SandboxIndex {
    private final Set<SandboxId> taken = ConcurrentHashMap.newKeySet();
    private final ConcurrentMap<SandboxId, ManagedSandbox> sandboxes = new ConcurrentHashMap<>();

    /**
     * Takes an id.
     *
     * @throws SandboxException.AlreadyExists if it is another's
     */
    void take(SandboxId id) {
        if (!taken.add(id)) {
            throw new SandboxException.AlreadyExists("sandbox \"" + id + "\" is there already");
        }
    }

    /**
     * Takes an id for a new sandbox. What is found again is kept, whatever the limit is by now.
     *
     * @throws SandboxException.AlreadyExists if it is another's
     * @throws SandboxException.Exhausted if there are as many as there may be
     */
    void take(SandboxId id, int maximum) {
        synchronized (taken) {
            if (taken.size() >= maximum && !taken.contains(id)) {
                throw new SandboxException.Exhausted(
                        "cannot create sandbox \"%s\": there are %d, and the limit is %d"
                                .formatted(id, taken.size(), maximum));
            }
            take(id);
        }
    }

    /** Does something for which an id must be nobody's, and keeps it so meanwhile. */
    void whileFree(SandboxId id, Runnable work) {
        if (taken.add(id)) {
            try {
                work.run();
            } finally {
                taken.remove(id);
            }
        }
    }

    boolean isTaken(SandboxId id) {
        return taken.contains(id);
    }

    /** Gives back an id whose sandbox was never entered. */
    void free(SandboxId id) {
        taken.remove(id);
    }

    /** Enters a sandbox whose id is taken. */
    void enter(ManagedSandbox sandbox) {
        sandboxes.put(sandbox.id(), sandbox);
    }

    /** Removes a sandbox and frees its id; what is another's by now is not touched. */
    void remove(ManagedSandbox sandbox) {
        if (sandboxes.remove(sandbox.id(), sandbox)) {
            taken.remove(sandbox.id());
        }
    }

    /**
     * The sandbox of that id.
     *
     * @throws SandboxException.NotFound if there is none
     */
    ManagedSandbox get(SandboxId id) {
        ManagedSandbox found = sandboxes.get(id);
        if (found == null) {
            throw new SandboxException.NotFound("there is no sandbox \"" + id + "\"");
        }
        return found;
    }

    /** All of them, now. */
    List<ManagedSandbox> all() {
        return List.copyOf(sandboxes.values());
    }
}
