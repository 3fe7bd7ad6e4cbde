// SPDX-License-Identifier: Apache-2.0
package io.silica.ctl.journal;

import java.nio.ByteBuffer;
import java.util.zip.CRC32C;

/**
 * How the file begins; the daemon's own {@code JournalHeader} says where each field stands.
 *
 * @param version of the form of the file
 * @param halfBytes the length of each half
 */
record JournalHeader(int version, int halfBytes) {
    static final int BYTES = 4096;

    private static final int KNOWN_VERSION = 1;
    private static final long MAGIC = 0x0A4A_4143_494C_4953L;
    private static final int VERSION_AT = 8;
    private static final int CHECKSUM_AT = 12;
    private static final int HALF_BYTES_AT = 16;
    private static final int GENERATION_AT = 64;

    /**
     * Reads it.
     *
     * @param header little endian
     */
    static JournalHeader read(ByteBuffer header, long fileBytes) throws Damage {
        Damage.unless(header.getLong(0) == MAGIC, "it does not begin as a journal does");
        Damage.unless(
                header.getInt(CHECKSUM_AT) == checksum(header),
                "the checksum of its header is wrong");
        int version = header.getInt(VERSION_AT);
        Damage.unless(
                version == KNOWN_VERSION,
                "it has version %d, and this program knows %d: use the sandboxctl that came with its daemon"
                        .formatted(version, KNOWN_VERSION));
        int halfBytes = header.getInt(HALF_BYTES_AT);
        Damage.unless(
                halfBytes >= HalfHead.BYTES + RecordCursor.HEAD_BYTES
                        && fileBytes == BYTES + 2L * halfBytes,
                "it is not as long as it says");
        return new JournalHeader(version, halfBytes);
    }

    /** Which generation is in use: a word that a daemon may change at any time. */
    static int generation(ByteBuffer header) throws Damage {
        long word = header.getLong(GENERATION_AT);
        int generation = (int) word;
        Damage.unless((int) (word >>> 32) == ~generation, "it cannot be told which half is in use");
        return generation;
    }

    private static int checksum(ByteBuffer header) {
        var checksum = new CRC32C();
        checksum.update(header.slice(VERSION_AT, Integer.BYTES));
        checksum.update(header.slice(HALF_BYTES_AT, Integer.BYTES));
        return (int) checksum.getValue();
    }
}
