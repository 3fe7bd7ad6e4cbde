// SPDX-License-Identifier: Apache-2.0
package io.silica.linux.cgroup;

import java.time.Duration;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * What a cgroup and those below it use; a part is empty where its controller is missing.
 *
 * @param cpu CPU time since the cgroup was made
 */
public record Usage(Optional<Duration> cpu, Optional<Memory> memory, Optional<Pids> pids) {
    /**
     * Memory, in bytes.
     *
     * @param usage all that is charged, page cache too
     * @param inactiveFile page cache that could go at once
     * @param anonymous what no file backs
     * @param limit empty if there is none
     */
    public record Memory(long usage, long inactiveFile, long anonymous, OptionalLong limit) {
        /** What the kubelet calls working set: what could not be given back at once. */
        public long workingSet() {
            return Math.max(0, usage - inactiveFile);
        }
    }

    /**
     * Processes and threads.
     *
     * @param current how many
     * @param limit empty if there is none
     */
    public record Pids(long current, OptionalLong limit) {}
}
