// SPDX-License-Identifier: Apache-2.0
package io.silica.benchmarks.restart;

import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * What a daemon's log says of the beginning of a life, to the millisecond.
 *
 * @param begun it has read its configuration, which is the first thing it does
 * @param ready it answers
 */
record Life(Instant begun, Instant ready) {
    private static final String BEGUN = " starts with these settings: ";
    private static final String READY = ": ready, with ";

    /** The first life that these lines tell of; empty as long as it is not ready. */
    static Optional<Life> of(List<String> lines) {
        return time(lines, BEGUN)
                .flatMap(begun -> time(lines, READY).map(ready -> new Life(begun, ready)));
    }

    private static Optional<Instant> time(List<String> lines, String words) {
        return lines.stream()
                .filter(line -> line.contains(words))
                .findFirst()
                .map(line -> Instant.parse(line.substring(0, line.indexOf(' '))));
    }
}
