// SPDX-License-Identifier: Apache-2.0
package io.silica.wasm.worker;

import java.util.OptionalInt;

/**
 * The versions of worker.proto that a program speaks, without a gap. Daemon and worker talk in the
 * highest that both speak. A release speaks its own and the one before, so that a worker which
 * outlives an upgrade, or the way back from it, is gone on with.
 *
 * @param oldest at least 1
 * @param newest at least as new
 */
public record ProtocolVersions(int oldest, int newest) {
    /** The one that all workers spoke at first. */
    public static final int FIRST = 1;

    /** From this one on a container has a deadline and listeners; who is older passes over them. */
    public static final int DEADLINE_AND_LISTENERS = 2;

    /** Those of this program. */
    public static final ProtocolVersions OURS = new ProtocolVersions(FIRST, DEADLINE_AND_LISTENERS);

    public ProtocolVersions {
        if (oldest < 1 || newest < oldest) {
            throw new IllegalArgumentException(
                    "%d to %d are no versions of a protocol".formatted(oldest, newest));
        }
    }

    /** Whether a version is one of them. */
    boolean contains(int version) {
        return oldest <= version && version <= newest;
    }

    /** The highest that both speak; empty if there is none. */
    public OptionalInt highestShared(ProtocolVersions other) {
        int highest = Math.min(newest, other.newest);
        return highest >= Math.max(oldest, other.oldest)
                ? OptionalInt.of(highest)
                : OptionalInt.empty();
    }

    @Override
    public String toString() {
        return oldest == newest ? Integer.toString(oldest) : oldest + " to " + newest;
    }
}
