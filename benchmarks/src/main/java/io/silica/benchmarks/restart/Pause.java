// SPDX-License-Identifier: Apache-2.0
package io.silica.benchmarks.restart;

import java.time.Duration;

/**
 * The time between two answers, by {@link System#nanoTime}.
 *
 * @param begun when the one came
 * @param ended when the other came
 */
record Pause(long begun, long ended) {
    Duration length() {
        return Duration.ofNanos(ended - begun);
    }

    boolean includes(long time) {
        return begun - time <= 0 && time - ended <= 0;
    }
}
