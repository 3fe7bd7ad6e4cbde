// SPDX-License-Identifier: Apache-2.0
package io.silica.linux;

/**
 * How a path is opened (asm-generic/fcntl.h and arm64's own). {@code O_CLOEXEC} is not here: it is
 * always set.
 */
public enum OpenFlag {
    READ(0),
    WRITE(1),
    READ_WRITE(2),
    CREATE(0x40),
    EXCLUSIVE(0x80),
    NO_CONTROLLING_TERMINAL(0x100),
    TRUNCATE(0x200),
    APPEND(0x400),
    NON_BLOCKING(0x800),
    DATA_SYNC(0x1000),
    DIRECTORY(0x1_0000, 0x4000),
    NO_FOLLOW(0x2_0000, 0x8000),
    SYNC(0x10_1000),
    /** A handle on the place only: neither readable nor writable. */
    PATH(0x20_0000);

    static final int CLOEXEC = 0x8_0000;

    private final int bits;

    OpenFlag(int bits) {
        this(bits, bits);
    }

    OpenFlag(int x86, int arm) {
        this.bits = Architecture.CURRENT.pick(x86, arm);
    }

    static int bits(OpenFlag... flags) {
        int bits = CLOEXEC;
        for (var flag : flags) {
            bits |= flag.bits;
        }
        return bits;
    }
}
