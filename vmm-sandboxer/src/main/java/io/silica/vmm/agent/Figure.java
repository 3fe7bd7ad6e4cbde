// SPDX-License-Identifier: Apache-2.0
package io.silica.vmm.agent;

/** A number that a guest has told: an unsigned one, which may be any. */
final class Figure {
    /** Beyond what anything measures, and small enough to be added up. */
    static final long MAXIMUM = 1L << 53;

    private Figure() {}

    /** The same, if it makes sense, else the largest that does. */
    static long of(long told) {
        return told < 0 ? MAXIMUM : Math.min(told, MAXIMUM);
    }

    /** The same in another unit. */
    static long of(long told, long factor) {
        long figure = of(told);
        return figure > MAXIMUM / factor ? MAXIMUM : figure * factor;
    }
}
