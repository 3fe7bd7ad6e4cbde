// SPDX-License-Identifier: Apache-2.0
package io.silica.server.journal;

/**
 * Where the fields of a record stand, all little endian. Records begin at multiples of eight bytes.
 *
 * <pre>
 *    0  u32  0xA5 in the highest byte, the record's length in the others; stored last
 *    4  u32  CRC-32C of everything from 16 on
 *    8  u32  set when no byte up to here is left in the socket
 *   12  u32  set while an answer has been sent in part
 *   16  u64  number of the record, one more than that of the record before
 *   24  u64  connection
 *   32  u64  when it came, nanoseconds of CLOCK_BOOTTIME
 *   40  u32  stream id
 *   44  u32  kind in the highest byte, how many bytes are to be skipped in the others
 *   48       bytes that came
 * </pre>
 */
final class RecordLayout {
    static final int COMMIT = 0;
    static final int CHECKSUM = 4;
    static final int CONSUMED = 8;
    static final int SENT_IN_PART = 12;
    static final int NUMBER = 16;
    static final int CONNECTION = 24;
    static final int TIME = 32;
    static final int STREAM = 40;
    static final int KIND = 44;
    static final int HEAD_BYTES = 48;

    /** From here on a record never changes. */
    static final int CHECKED_FROM = NUMBER;

    private static final int COMMITTED = 0xA5 << 24;
    private static final int LENGTH_MASK = (1 << 24) - 1;

    /** What is stored at a mark that is set; anything else but zero is damage. */
    static final int MARK = 0x6B72_616D;

    private RecordLayout() {}

    /** The room that a record takes whose bytes are so many. */
    static int size(int payloadBytes) {
        return padded(HEAD_BYTES + payloadBytes);
    }

    static int padded(int length) {
        return (length + 7) & ~7;
    }

    static int commit(int length) {
        return COMMITTED | length;
    }

    static boolean isCommit(int word) {
        return (word & ~LENGTH_MASK) == COMMITTED;
    }

    static int length(int commit) {
        return commit & LENGTH_MASK;
    }

    static int kind(RecordKind kind, int toSkip) {
        return kind.number() << 24 | toSkip;
    }

    static int kindNumber(int field) {
        return field >>> 24;
    }

    static int toSkip(int field) {
        return field & LENGTH_MASK;
    }
}
