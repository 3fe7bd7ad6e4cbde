// SPDX-License-Identifier: Apache-2.0
package io.silica.ctl.verb;

import java.util.Locale;

/** Figures as people read them. */
final class Quantity {
    private static final long KIBI = 1024;

    private Quantity() {}

    /** Seconds with two places. */
    static String ofNanos(long nanos) {
        return String.format(Locale.ROOT, "%.2f s", nanos / 1e9);
    }

    /** In the unit of 1024 bytes or a power of it that leaves a number of four digits at most. */
    static String ofBytes(long bytes) {
        var units = new String[] {"B", "KiB", "MiB", "GiB", "TiB"};
        double value = bytes;
        int unit = 0;
        while (value >= KIBI && unit < units.length - 1) {
            value /= KIBI;
            unit++;
        }
        return String.format(Locale.ROOT, unit == 0 ? "%.0f %s" : "%.1f %s", value, units[unit]);
    }
}
