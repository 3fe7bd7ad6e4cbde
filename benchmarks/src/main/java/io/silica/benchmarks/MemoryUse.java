// SPDX-License-Identifier: Apache-2.0
package io.silica.benchmarks;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * What a process has in memory, in KiB.
 *
 * @param own what nobody else has, clean or dirty: what would be free if it ended
 * @param proportional that and its share of what others have, too
 * @param resident all
 */
public record MemoryUse(long own, long proportional, long resident) {
    /** Now. */
    public static MemoryUse of(long pid) throws IOException {
        return parse(Files.readAllLines(Path.of("/proc/%d/smaps_rollup".formatted(pid))));
    }

    static MemoryUse parse(List<String> rollup) {
        return new MemoryUse(
                field(rollup, "Private_Clean:") + field(rollup, "Private_Dirty:"),
                field(rollup, "Pss:"),
                field(rollup, "Rss:"));
    }

    private static long field(List<String> rollup, String name) {
        return rollup.stream()
                .filter(line -> line.startsWith(name))
                .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")))
                .findFirst()
                .orElseThrow();
    }
}
