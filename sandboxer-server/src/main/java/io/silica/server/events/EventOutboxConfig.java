// SPDX-License-Identifier: Apache-2.0
package io.silica.server.events;

import java.nio.file.Path;
import java.time.Duration;

/**
 * How events reach containerd.
 *
 * @param socket containerd's ttrpc socket
 * @param namespace the containerd namespace of the tasks
 * @param capacity how many events are kept while containerd cannot be reached
 * @param deadline how long one call may take
 * @param firstPause the pause after the first failure; each further one doubles it
 * @param longestPause the longest pause
 */
public record EventOutboxConfig(
        Path socket,
        String namespace,
        int capacity,
        Duration deadline,
        Duration firstPause,
        Duration longestPause) {
    /** With the usual times. */
    public static EventOutboxConfig of(Path socket, String namespace, int capacity) {
        return new EventOutboxConfig(
                socket,
                namespace,
                capacity,
                Duration.ofSeconds(5),
                Duration.ofMillis(50),
                Duration.ofSeconds(5));
    }

    /**
     * @throws IllegalArgumentException if nothing could be kept
     */
    public EventOutboxConfig {
        if (capacity < 1) {
            throw new IllegalArgumentException("an outbox of " + capacity + " events keeps none");
        }
    }
}
