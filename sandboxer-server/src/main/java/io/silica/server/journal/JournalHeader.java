// SPDX-License-Identifier: Apache-2.0
package io.silica.server.journal;

import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.zip.CRC32C;

/**
 * How a journal begins, all little endian.
 *
 * <pre>
 *    0  u64  "SILICAJ" and a line end
 *    8  u32  version
 *   12  u32  CRC-32C of the version and the length
 *   16  u32  length of a half
 *   64  u64  the generation in use, and in the higher half of the word once more with all bits
 *            flipped; whether it is odd says in which half it stands
 * </pre>
 */
final class JournalHeader {
    /** A page, so that the halves begin at one. */
    static final int BYTES = 4096;

    static final int VERSION = 1;

    private static final long MAGIC = 0x0A4A_4143_494C_4953L;
    private static final int VERSION_AT = 8;
    private static final int CHECKSUM_AT = 12;
    private static final int HALF_BYTES_AT = 16;
    private static final int GENERATION_AT = 64;

    private final ByteBuffer memory;

    JournalHeader(ByteBuffer memory) {
        this.memory = memory.duplicate().order(ByteOrder.LITTLE_ENDIAN);
    }

    void write(int halfBytes) {
        memory.putLong(0, MAGIC);
        memory.putInt(VERSION_AT, VERSION);
        memory.putInt(HALF_BYTES_AT, halfBytes);
        memory.putInt(CHECKSUM_AT, checksum());
    }

    /**
     * Checks all but which generation is in use.
     *
     * @param fileBytes the length of the file
     * @throws DamagedJournalException if this is not the header of such a file
     */
    void check(long fileBytes) throws DamagedJournalException {
        require(fileBytes >= BYTES, "it is cut short");
        require(memory.getLong(0) == MAGIC, "it does not begin as a journal does");
        require(memory.getInt(CHECKSUM_AT) == checksum(), "the checksum of its header is wrong");
        int version = memory.getInt(VERSION_AT);
        require(
                version == VERSION,
                "it has version %d, and this program knows %d".formatted(version, VERSION));
        require(fileBytes == BYTES + 2L * halfBytes(), "it is not as long as it says");
    }

    int halfBytes() {
        return memory.getInt(HALF_BYTES_AT);
    }

    /**
     * Which generation is in use.
     *
     * @throws DamagedJournalException if that cannot be told
     */
    int generation() throws DamagedJournalException {
        long word = memory.getLong(GENERATION_AT);
        int generation = (int) word;
        require((int) (word >>> 32) == ~generation, "it cannot be told which half is in use");
        return generation;
    }

    /** From now on another generation is in use: whole, for a word is stored at once. */
    void use(int generation) {
        VarHandle.releaseFence();
        memory.putLong(
                GENERATION_AT,
                Integer.toUnsignedLong(generation) | Integer.toUnsignedLong(~generation) << 32);
    }

    private int checksum() {
        var checksum = new CRC32C();
        checksum.update(memory.slice(VERSION_AT, Integer.BYTES));
        checksum.update(memory.slice(HALF_BYTES_AT, Integer.BYTES));
        return (int) checksum.getValue();
    }

    private static void require(boolean condition, String otherwise)
            throws DamagedJournalException {
        if (!condition) {
            throw new DamagedJournalException(otherwise);
        }
    }
}
