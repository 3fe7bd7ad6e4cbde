// SPDX-License-Identifier: Apache-2.0
package io.silica.agent.machine;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * The machine's memory, in bytes.
 *
 * @param total all that the kernel has
 * @param available what could be had at once
 */
public record MemoryInfo(long total, long available) {
    private static final long KIB = 1024;

    /** As it is now. */
    public static MemoryInfo read() {
        try {
            return parse(Files.readString(Path.of("/proc/meminfo")));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static MemoryInfo parse(String text) {
        return new MemoryInfo(entry(text, "MemTotal:"), entry(text, "MemAvailable:"));
    }

    private static long entry(String text, String name) {
        for (var line : text.split("\n", -1)) {
            if (line.startsWith(name)) {
                return KIB
                        * Long.parseLong(line.substring(name.length()).replace("kB", "").strip());
            }
        }
        throw new IllegalStateException("/proc/meminfo has no " + name);
    }
}
