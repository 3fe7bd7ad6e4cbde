// SPDX-License-Identifier: Apache-2.0
package io.silica.server.registry;

import io.silica.sandbox.ContainerId;
import io.silica.sandbox.SandboxId;
import io.silica.sandbox.SandboxSpec;
import io.silica.sandbox.SandboxState;
import java.nio.file.Path;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * What is known of a sandbox to begin with: that it was just created, or what the record of an
 * earlier life of the daemon has.
 *
 * @param spec what was asked
 * @param identity what its kind needs to find it again
 * @param createdAt when it was created
 * @param state what was so with it
 * @param claimed whether somebody has spoken of it since its start
 * @param halfMade whether an earlier life ended while it was being created
 * @param tasks its tasks, of an earlier life
 * @param traces bundles of containers that were being created, or that are not to be kept: what is
 *     left of these is to be undone
 * @param tombstones what was deleted lately
 */
record KnownSandbox(
        SandboxSpec spec,
        Map<String, String> identity,
        Instant createdAt,
        SandboxState state,
        boolean claimed,
        boolean halfMade,
        List<FormerTask> tasks,
        Map<ContainerId, Path> traces,
        List<Tombstone> tombstones) {
    KnownSandbox {
        identity = Map.copyOf(identity);
        tasks = List.copyOf(tasks);
        traces = Map.copyOf(traces);
        tombstones = List.copyOf(tombstones);
    }

    /** One that is created now. */
    static KnownSandbox created(SandboxSpec spec, Instant now) {
        return new KnownSandbox(
                spec,
                Map.of(),
                now,
                new SandboxState.Created(),
                false,
                false,
                List.of(),
                Map.of(),
                List.of());
    }

    SandboxId id() {
        return spec.id();
    }

    /** The same without any container: what is left of them is to be undone. */
    KnownSandbox withoutTasks() {
        var all = new HashMap<>(traces);
        tasks.forEach(task -> all.put(task.request().id(), task.request().bundle()));
        return new KnownSandbox(
                spec, identity, createdAt, state, claimed, halfMade, List.of(), all, List.of());
    }
}
