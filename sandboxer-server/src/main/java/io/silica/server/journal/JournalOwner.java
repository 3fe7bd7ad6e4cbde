// SPDX-License-Identifier: Apache-2.0
package io.silica.server.journal;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;

/**
 * Whose connections a journal tells of. They end with the machine's life and with that of the
 * process that holds them, and what was read from them is of no use to anybody then.
 *
 * @param boot the machine's life, 32 hexadecimal digits
 * @param holder the life of whoever holds the connections, 32 hexadecimal digits
 */
public record JournalOwner(String boot, String holder) {
    /** How it is kept: both as numbers. */
    static final int BYTES = 32;

    private static final Path BOOT_ID = Path.of("/proc/sys/kernel/random/boot_id");
    private static final int DIGITS = 32;

    public JournalOwner {
        if (boot.length() != DIGITS || holder.length() != DIGITS) {
            throw new IllegalArgumentException(
                    "\"%s\" or \"%s\" is not %d hexadecimal digits"
                            .formatted(boot, holder, DIGITS));
        }
    }

    /** This life of the machine, and a holder in it. */
    public static JournalOwner now(String holder) {
        try {
            return new JournalOwner(Files.readString(BOOT_ID).strip().replace("-", ""), holder);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    byte[] toBytes() {
        return HexFormat.of().parseHex(boot + holder);
    }

    static JournalOwner read(ByteBuffer memory, int offset) {
        byte[] bytes = new byte[BYTES];
        memory.get(offset, bytes);
        var digits = HexFormat.of().formatHex(bytes);
        return new JournalOwner(digits.substring(0, DIGITS), digits.substring(DIGITS));
    }
}
