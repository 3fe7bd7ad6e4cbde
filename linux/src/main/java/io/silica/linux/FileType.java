// SPDX-License-Identifier: Apache-2.0
package io.silica.linux;

/** What a file is (inode(7)). */
public enum FileType {
    UNKNOWN(0),
    FIFO(1),
    CHARACTER_DEVICE(2),
    DIRECTORY(4),
    BLOCK_DEVICE(6),
    REGULAR(8),
    SYMBOLIC_LINK(10),
    SOCKET(12);

    private static final int MODE_SHIFT = 12;
    private static final int MODE_MASK = 0xF;

    private final int number;

    FileType(int number) {
        this.number = number;
    }

    /** From the mode of a file. */
    static FileType ofMode(int mode) {
        return of(mode >> MODE_SHIFT & MODE_MASK);
    }

    /** From an entry of a directory, whose number is that of the mode. */
    static FileType of(int number) {
        for (var type : values()) {
            if (type.number == number) {
                return type;
            }
        }
        return UNKNOWN;
    }
}
