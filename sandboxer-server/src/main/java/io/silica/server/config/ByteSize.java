// SPDX-License-Identifier: Apache-2.0
package io.silica.server.config;

import java.util.Optional;
import java.util.regex.Pattern;

/**
 * A number of bytes, written as {@code 512B}, {@code 64KiB}, {@code 64MiB}, {@code 2GiB} or {@code
 * 1TiB}. Decimal units are not known: they are the usual way to be wrong by 7 %.
 */
public record ByteSize(long bytes) implements Comparable<ByteSize> {
    private static final Pattern TEXT = Pattern.compile("(\\d{1,19})(B|KiB|MiB|GiB|TiB)");

    public ByteSize {
        if (bytes < 0) {
            throw new IllegalArgumentException("a size cannot be negative: " + bytes);
        }
    }

    public static ByteSize mebibytes(long count) {
        return new ByteSize(Math.multiplyExact(count, Unit.MiB.bytes()));
    }

    /** The size that {@code text} spells; empty if it spells none or one beyond 2^63 bytes. */
    public static Optional<ByteSize> parse(String text) {
        var match = TEXT.matcher(text);
        if (!match.matches()) {
            return Optional.empty();
        }
        try {
            long count = Long.parseLong(match.group(1));
            return Optional.of(
                    new ByteSize(Math.multiplyExact(count, Unit.valueOf(match.group(2)).bytes())));
        } catch (NumberFormatException | ArithmeticException tooLarge) {
            return Optional.empty();
        }
    }

    @Override
    public int compareTo(ByteSize other) {
        return Long.compare(bytes, other.bytes);
    }

    /** The shortest exact spelling, which {@link #parse} reads back. */
    @Override
    public String toString() {
        var unit = Unit.B;
        for (var larger : Unit.values()) {
            if (bytes != 0 && bytes % larger.bytes() == 0) {
                unit = larger;
            }
        }
        return bytes / unit.bytes() + unit.name();
    }

    private enum Unit {
        B(0),
        KiB(10),
        MiB(20),
        GiB(30),
        TiB(40);

        private final int shift;

        Unit(int shift) {
            this.shift = shift;
        }

        long bytes() {
            return 1L << shift;
        }
    }
}
