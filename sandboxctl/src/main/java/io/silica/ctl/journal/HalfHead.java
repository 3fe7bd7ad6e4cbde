// SPDX-License-Identifier: Apache-2.0
package io.silica.ctl.journal;

import java.nio.ByteBuffer;
import java.util.HexFormat;
import java.util.zip.CRC32C;

/**
 * How a half begins; the daemon's own {@code Half} says where each field stands.
 *
 * @param boot the machine's life, 32 hexadecimal digits
 * @param holder the instance of whoever holds the connections, 32 hexadecimal digits
 * @param firstNumber of its first record
 */
record HalfHead(String boot, String holder, long firstNumber) {
    static final int BYTES = 64;

    private static final int MAGIC = 0x666C_6148;
    private static final int CHECKSUM_AT = 4;
    private static final int GENERATION_AT = 8;
    private static final int BOOT_AT = 16;
    private static final int HOLDER_AT = 32;
    private static final int FIRST_NUMBER_AT = 48;
    private static final int ID_BYTES = 16;

    /**
     * Reads it.
     *
     * @param half little endian
     */
    static HalfHead read(ByteBuffer half, int generation) throws Damage {
        var checksum = new CRC32C();
        checksum.update(half.slice(GENERATION_AT, BYTES - GENERATION_AT));
        Damage.unless(
                half.getInt(0) == MAGIC
                        && half.getInt(CHECKSUM_AT) == (int) checksum.getValue()
                        && half.getLong(GENERATION_AT) == generation,
                "the head of its half in use is damaged");
        return new HalfHead(
                digits(half, BOOT_AT), digits(half, HOLDER_AT), half.getLong(FIRST_NUMBER_AT));
    }

    private static String digits(ByteBuffer half, int offset) {
        byte[] bytes = new byte[ID_BYTES];
        half.get(offset, bytes);
        return HexFormat.of().formatHex(bytes);
    }
}
