// SPDX-License-Identifier: Apache-2.0
package io.silica.benchmarks.ttrpc;

import java.util.Collection;
import java.util.Comparator;

/** What a client has seen of a server under a load. */
record Result(long calls, double p50Micros, double p99Micros, double callsPerSecond) {
    /** A line that the client prints: calls, p50 and p99 in nanoseconds, calls a second. */
    static Result parse(String line) {
        var fields = line.split(" ", -1);
        return new Result(
                Long.parseLong(fields[0]),
                Long.parseLong(fields[1]) / 1e3,
                Long.parseLong(fields[2]) / 1e3,
                Double.parseDouble(fields[3]));
    }

    /** The one that is in the middle by its throughput. */
    static Result median(Collection<Result> results) {
        return results.stream()
                .sorted(Comparator.comparingDouble(Result::callsPerSecond))
                .skip(results.size() / 2)
                .findFirst()
                .orElseThrow();
    }
}
