// SPDX-License-Identifier: Apache-2.0
package io.silica.server.stream;

import java.time.Duration;

/**
 * For how long containerd is waited for.
 *
 * @param reopening until a stream that was lost is given up, while containerd waits for the
 *     process: one that was restarted opens the streams first
 * @param taking for each step in which it takes what a process that has ended left
 */
record StreamPatience(Duration reopening, Duration taking) {
    /** Long enough for a containerd under load. */
    static final StreamPatience STANDARD =
            new StreamPatience(Duration.ofSeconds(1), Duration.ofSeconds(10));
}
