// SPDX-License-Identifier: Apache-2.0
package io.silica.server.config;

import java.time.Duration;

/**
 * The section {@code [stats]}.
 *
 * @param cacheAge how old the figures of a sandbox may be before they are taken anew
 */
public record StatsConfig(Duration cacheAge) {
    public static final String SECTION = "stats";
    public static final StatsConfig DEFAULT = new StatsConfig(Duration.ofSeconds(1));

    static StatsConfig read(ConfigSection section) {
        return new StatsConfig(
                section.duration(
                        "cache-age", DEFAULT.cacheAge, Duration.ZERO, Duration.ofMinutes(1)));
    }
}
