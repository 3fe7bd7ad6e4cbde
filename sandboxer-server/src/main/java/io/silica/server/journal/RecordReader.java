// SPDX-License-Identifier: Apache-2.0
package io.silica.server.journal;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/**
 * Reads the records of a half one after another and trusts none: a record that is not exactly as
 * some record was written is damage. Not thread safe.
 */
final class RecordReader {
    private final ByteBuffer memory;
    private final ByteBuffer checked;
    private final CRC32C checksum = new CRC32C();
    private int record;
    private int position;
    private long nextNumber;
    private @Nullable RecordKind kind;

    RecordReader(ByteBuffer memory, int position, long firstNumber) {
        this.memory = memory.duplicate().order(ByteOrder.LITTLE_ENDIAN);
        this.checked = memory.duplicate();
        this.record = position;
        this.position = position;
        this.nextNumber = firstNumber;
    }

    /**
     * Goes on to the next record; the accessors are about it.
     *
     * @return false after the last one
     * @throws DamagedJournalException if what stands there is neither a record nor the end
     */
    boolean next() throws DamagedJournalException {
        record = position;
        int commit = checked.capacity() - position < Integer.BYTES ? 0 : memory.getInt(position);
        if (commit == 0) {
            return false;
        }
        int length = RecordLayout.length(commit);
        require(
                RecordLayout.isCommit(commit)
                        && length >= RecordLayout.HEAD_BYTES
                        && length <= memory.capacity() - position,
                "does not begin as a record does");
        check(length);
        position += RecordLayout.padded(length);
        nextNumber++;
        return true;
    }

    private void check(int length) throws DamagedJournalException {
        checksum.reset();
        checksum.update(
                checked.limit(record + length).position(record + RecordLayout.CHECKED_FROM));
        require(
                memory.getInt(record + RecordLayout.CHECKSUM) == (int) checksum.getValue(),
                "has a wrong checksum");
        require(memory.getLong(record + RecordLayout.NUMBER) == nextNumber, "has a wrong number");
        kind = RecordKind.ofNumber(RecordLayout.kindNumber(field(RecordLayout.KIND)));
        require(kind != null, "is of no kind that is known");
        require(isMark(RecordLayout.CONSUMED) && isMark(RecordLayout.SENT_IN_PART), "is marked");
    }

    private boolean isMark(int offset) {
        int mark = field(offset);
        return mark == 0 || mark == RecordLayout.MARK;
    }

    /** Says what is wrong with the record. */
    void require(boolean condition, String otherwise) throws DamagedJournalException {
        if (!condition) {
            throw new DamagedJournalException(
                    "the record at byte %d of its half in use %s".formatted(record, otherwise));
        }
    }

    RecordKind kind() {
        if (kind == null) {
            throw new IllegalStateException("no record has been read");
        }
        return kind;
    }

    /** Where the record begins. */
    int offset() {
        return record;
    }

    long connection() {
        return memory.getLong(record + RecordLayout.CONNECTION);
    }

    long time() {
        return memory.getLong(record + RecordLayout.TIME);
    }

    int stream() {
        return field(RecordLayout.STREAM);
    }

    int toSkip() {
        return RecordLayout.toSkip(field(RecordLayout.KIND));
    }

    int payloadOffset() {
        return record + RecordLayout.HEAD_BYTES;
    }

    /** A view of the bytes that it holds, big endian. */
    ByteBuffer payload() {
        int length = RecordLayout.length(field(RecordLayout.COMMIT)) - RecordLayout.HEAD_BYTES;
        return memory.slice(payloadOffset(), length);
    }

    /** Where the next record begins, or will. */
    int position() {
        return position;
    }

    /** Which number the next record has, or will have. */
    long nextNumber() {
        return nextNumber;
    }

    private int field(int offset) {
        return memory.getInt(record + offset);
    }
}
