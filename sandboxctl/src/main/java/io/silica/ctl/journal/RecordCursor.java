// SPDX-License-Identifier: Apache-2.0
package io.silica.ctl.journal;

import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.zip.CRC32C;

/**
 * Goes from record to record of a half to which a daemon may be appending; its own {@code
 * RecordLayout} says where each field stands. Not thread safe.
 */
final class RecordCursor {
    static final int HEAD_BYTES = 48;

    private static final int MARK = 0x6B72_616D;
    private static final int COMMITTED = 0xA5 << 24;
    private static final int LENGTH_MASK = (1 << 24) - 1;
    private static final int CHECKSUM = 4;
    private static final int CONSUMED = 8;
    private static final int SENT_IN_PART = 12;
    private static final int NUMBER = 16;
    private static final int CONNECTION = 24;
    private static final int TIME = 32;
    private static final int STREAM = 40;
    private static final int KIND = 44;

    private final ByteBuffer half;
    private final CRC32C checksum = new CRC32C();
    private int record = HalfHead.BYTES;
    private int next = HalfHead.BYTES;
    private int length;
    private long number;
    private int kind;

    /**
     * @param half little endian
     */
    RecordCursor(ByteBuffer half, long firstNumber) {
        this.half = half;
        this.number = firstNumber;
    }

    /** Goes on to the next record; the accessors are about it. False after the last one. */
    boolean next() throws Damage {
        record = next;
        int commit = half.capacity() - record < Integer.BYTES ? 0 : half.getInt(record);
        // The daemon stores this word last: what follows is not read before it.
        VarHandle.acquireFence();
        if (commit == 0) {
            return false;
        }
        length = commit & LENGTH_MASK;
        require(
                (commit & ~LENGTH_MASK) == COMMITTED
                        && length >= HEAD_BYTES
                        && length <= half.capacity() - record,
                "does not begin as a record does");
        require(field(CHECKSUM) == checksum(), "has a wrong checksum");
        require(half.getLong(record + NUMBER) == number, "has a wrong number");
        kind = field(KIND) >>> 24;
        require(RecordKind.isKnown(kind), "is of no kind that is known");
        require(isMark(CONSUMED) && isMark(SENT_IN_PART), "is marked");
        next = record + padded(length);
        number++;
        return true;
    }

    private int checksum() {
        checksum.reset();
        checksum.update(half.slice(record + NUMBER, length - NUMBER));
        return (int) checksum.getValue();
    }

    private boolean isMark(int offset) {
        int mark = field(offset);
        return mark == 0 || mark == MARK;
    }

    /** Says what is wrong with the record. */
    void require(boolean condition, String otherwise) throws Damage {
        Damage.unless(
                condition,
                "the record at byte %d of its half in use %s".formatted(record, otherwise));
    }

    RecordKind kind() {
        return RecordKind.of(kind);
    }

    long connection() {
        return half.getLong(record + CONNECTION);
    }

    /** When it came, nanoseconds after the boot. */
    long time() {
        return half.getLong(record + TIME);
    }

    int stream() {
        return field(STREAM);
    }

    int toSkip() {
        return field(KIND) & LENGTH_MASK;
    }

    /** Whether the daemon knows that no byte up to here is left in the socket. */
    boolean isConsumed() {
        return field(CONSUMED) == MARK;
    }

    /** Whether an answer on its connection has been sent in part. */
    boolean isSentInPart() {
        return field(SENT_IN_PART) == MARK;
    }

    /** A view of the bytes that it holds. */
    ByteBuffer payload() {
        return half.slice(record + HEAD_BYTES, length - HEAD_BYTES).order(ByteOrder.BIG_ENDIAN);
    }

    /** Where the records end. */
    int position() {
        return next;
    }

    private int field(int offset) {
        return half.getInt(record + offset);
    }

    /** The room of a record with a payload of so many bytes. */
    static int size(int payloadBytes) {
        return padded(HEAD_BYTES + payloadBytes);
    }

    private static int padded(int bytes) {
        return (bytes + 7) & ~7;
    }
}
