// SPDX-License-Identifier: Apache-2.0
package io.silica.server.journal;

import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.zip.CRC32C;

/**
 * One half of a journal: a head and records one after another. After the last one stands a zero
 * where the next would have its first word, which is stored last of all: a record is there whole or
 * not at all, whenever the process dies.
 *
 * <p>Not thread safe.
 */
final class Half {
    /** Before the first record. */
    static final int HEAD_BYTES = 64;

    private static final int MAGIC = 0x666C_6148;
    private static final int HEAD_CHECKSUM = 4;
    private static final int GENERATION = 8;
    private static final int OWNER = 16;
    private static final int FIRST_NUMBER = 48;
    private static final int TERMINATOR_BYTES = 8;

    private final ByteBuffer memory;
    private final ByteBuffer checked;
    private final CRC32C checksum = new CRC32C();
    private int position = HEAD_BYTES;
    private int end = HEAD_BYTES + RecordLayout.HEAD_BYTES;
    private long nextNumber;

    /**
     * A half whose records have to be read before others are appended, unless it is begun.
     *
     * @param memory all of it, from its position to its limit
     */
    Half(ByteBuffer memory) {
        this.memory = memory.slice().order(ByteOrder.LITTLE_ENDIAN);
        this.checked = this.memory.duplicate();
    }

    /** Empties it. It does not count before the file says that it is in use. */
    void begin(int generation, JournalOwner owner, long firstNumber) {
        position = HEAD_BYTES;
        end = position + RecordLayout.HEAD_BYTES;
        nextNumber = firstNumber;
        memory.putInt(0, MAGIC);
        memory.putLong(GENERATION, generation);
        memory.put(OWNER, owner.toBytes());
        memory.putLong(FIRST_NUMBER, firstNumber);
        memory.putLong(HEAD_BYTES - Long.BYTES, 0);
        memory.putInt(HEAD_CHECKSUM, checksum(GENERATION, HEAD_BYTES));
        memory.putInt(position, 0);
    }

    /**
     * Whose it is.
     *
     * @throws DamagedJournalException if its head is not that of this generation
     */
    JournalOwner owner(int generation) throws DamagedJournalException {
        if (memory.getInt(0) != MAGIC
                || memory.getInt(HEAD_CHECKSUM) != checksum(GENERATION, HEAD_BYTES)
                || memory.getLong(GENERATION) != generation) {
            throw new DamagedJournalException("the head of its half in use is damaged");
        }
        return JournalOwner.read(memory, OWNER);
    }

    /** Reads from the first record on. Preconditions: its head is as it should be. */
    RecordReader records() {
        return new RecordReader(memory, HEAD_BYTES, memory.getLong(FIRST_NUMBER));
    }

    /** Appends from now on behind what has been read. */
    void continueAfter(RecordReader last) {
        position = last.position();
        end = position + RecordLayout.HEAD_BYTES;
        nextNumber = last.nextNumber();
    }

    int capacity() {
        return memory.capacity();
    }

    int used() {
        return position;
    }

    /** How much room is left for records. */
    int room() {
        return memory.capacity() - TERMINATOR_BYTES - position;
    }

    long nextNumber() {
        return nextNumber;
    }

    /** A view of bytes of a record. */
    ByteBuffer slice(int offset, int length) {
        return memory.slice(offset, length);
    }

    /** Adds bytes to the record that {@link #commit} will end; they are read, not used up. */
    void put(ByteBuffer bytes) {
        memory.put(end, bytes, bytes.position(), bytes.remaining());
        end += bytes.remaining();
    }

    /** As the other, with bytes of another half. */
    void put(Half from, int offset, int length) {
        memory.put(end, from.memory, offset, length);
        end += length;
    }

    /**
     * Ends a record, which counts from now on. Preconditions: there is room.
     *
     * @param consumed whether no byte up to here is left in the socket
     * @param sentInPart whether an answer was
     * @return where it begins
     */
    int commit(
            RecordKind kind,
            long connection,
            long time,
            int stream,
            int toSkip,
            boolean consumed,
            boolean sentInPart) {
        int record = position;
        memory.putInt(record + RecordLayout.CONSUMED, consumed ? RecordLayout.MARK : 0);
        memory.putInt(record + RecordLayout.SENT_IN_PART, sentInPart ? RecordLayout.MARK : 0);
        memory.putLong(record + RecordLayout.NUMBER, nextNumber++);
        memory.putLong(record + RecordLayout.CONNECTION, connection);
        memory.putLong(record + RecordLayout.TIME, time);
        memory.putInt(record + RecordLayout.STREAM, stream);
        memory.putInt(record + RecordLayout.KIND, RecordLayout.kind(kind, toSkip));
        memory.putInt(
                record + RecordLayout.CHECKSUM, checksum(record + RecordLayout.CHECKED_FROM, end));
        int length = end - record;
        position += RecordLayout.padded(length);
        end = position + RecordLayout.HEAD_BYTES;
        memory.putInt(position, 0);
        VarHandle.releaseFence();
        memory.putInt(record, RecordLayout.commit(length));
        return record;
    }

    /** Sets or takes back a mark of a record. */
    void mark(int record, int field, boolean set) {
        memory.putInt(record + field, set ? RecordLayout.MARK : 0);
    }

    boolean isMarked(int record, int field) {
        return memory.getInt(record + field) == RecordLayout.MARK;
    }

    private int checksum(int from, int to) {
        checksum.reset();
        checksum.update(checked.limit(to).position(from));
        return (int) checksum.getValue();
    }
}
