// SPDX-License-Identifier: Apache-2.0
package io.silica.server.registry;

import io.silica.sandbox.ContainerId;
import io.silica.sandbox.ExecId;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Optional;

/**
 * What was deleted in a sandbox lately. A daemon that dies between a delete and its answer leaves a
 * caller who is still waiting: the next life answers it from here. As many are kept as deletes can
 * well be under way in one sandbox at a time. Safe for use by any thread.
 */
final class Tombstones {
    static final int KEPT = 32;

    private final Deque<Tombstone> latestFirst = new ArrayDeque<>();

    synchronized void add(Tombstone tombstone) {
        latestFirst.addFirst(tombstone);
        if (latestFirst.size() > KEPT) {
            latestFirst.removeLast();
        }
    }

    /** The id is used anew: what it stood for is not to be mistaken for it. */
    synchronized void forget(ContainerId container) {
        latestFirst.removeIf(it -> it.container().equals(container));
    }

    synchronized Optional<Tombstone> find(ContainerId container, Optional<ExecId> exec) {
        return latestFirst.stream()
                .filter(it -> it.container().equals(container) && it.exec().equals(exec))
                .findFirst();
    }

    /** All, the oldest first. */
    synchronized List<Tombstone> all() {
        return latestFirst.reversed().stream().toList();
    }
}
