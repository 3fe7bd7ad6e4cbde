// SPDX-License-Identifier: Apache-2.0
package io.silica.ttrpc;

import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/** What fuzz targets say and how they wait; without a library for assertions, for speed. */
final class Fuzz {
    private static final Duration LONG = Duration.ofSeconds(20);

    private Fuzz() {}

    static void same(String what, Object actual, Object expected) {
        check(actual.equals(expected), what + ": " + actual + " instead of " + expected);
    }

    static void check(boolean holds, String words) {
        if (!holds) {
            throw new AssertionError(words);
        }
    }

    /** Waits for what is to come true without anybody's doing. */
    static void await(String what, BooleanSupplier condition) {
        long end = System.nanoTime() + LONG.toNanos();
        for (int i = 0; !condition.getAsBoolean(); i++) {
            check(System.nanoTime() < end, "in vain: " + what);
            if (i > 100) {
                LockSupport.parkNanos(20_000);
            }
        }
    }

    static List<ByteBuffer> pieces(ByteBuffer bytes, int piece) {
        var pieces = new ArrayList<ByteBuffer>();
        for (int at = 0; at < bytes.limit(); at += piece) {
            pieces.add(bytes.slice(at, Math.min(piece, bytes.limit() - at)));
        }
        return pieces;
    }
}
