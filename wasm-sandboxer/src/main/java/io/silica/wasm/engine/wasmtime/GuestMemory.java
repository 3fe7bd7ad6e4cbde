// SPDX-License-Identifier: Apache-2.0
package io.silica.wasm.engine.wasmtime;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT_UNALIGNED;
import static java.lang.foreign.ValueLayout.JAVA_LONG_UNALIGNED;
import static java.lang.foreign.ValueLayout.JAVA_SHORT_UNALIGNED;

import io.silica.linux.LinuxException;
import io.silica.linux.ReservedMemory;
import io.silica.wasm.engine.MemoryAllowance;
import io.silica.wasm.engine.wasi.Memory;
import java.lang.foreign.MemorySegment;

/**
 * The linear memory of one guest. It grows as far as the guest's allowance goes, and does not move:
 * compiled code relies on the place that is reserved beyond it. Used by the guest's thread only.
 */
final class GuestMemory implements Memory, AutoCloseable {
    private final ReservedMemory reserved;
    private final MemoryAllowance allowance;
    private MemorySegment bytes;

    /**
     * Preconditions: what it begins with has been taken.
     *
     * @param minimum bytes that it begins with
     * @param place bytes of addresses that are kept for it
     * @throws LinuxException if there is no such place, or not the memory
     */
    GuestMemory(long minimum, long place, MemoryAllowance allowance) {
        this.reserved = ReservedMemory.of(place);
        this.allowance = allowance;
        try {
            if (minimum > 0) {
                reserved.grow(minimum);
            }
        } catch (LinuxException e) {
            reserved.close();
            throw e;
        }
        this.bytes = reserved.memory();
    }

    /** Where it is. */
    long address() {
        return reserved.address();
    }

    /** Bytes that it has. */
    long size() {
        return reserved.size();
    }

    /** Bytes that it can have in its place. */
    long capacity() {
        return reserved.reserved();
    }

    /** Grows to so many bytes in all; false if they are not to be had. */
    boolean grow(long size) {
        long more = size - reserved.size();
        if (!allowance.take(more)) {
            return false;
        }
        try {
            reserved.grow(size);
        } catch (LinuxException | IllegalArgumentException e) {
            allowance.failed(more);
            return false;
        }
        bytes = reserved.memory();
        return true;
    }

    @Override
    public byte read(int address) {
        return bytes.get(JAVA_BYTE, at(address));
    }

    @Override
    public short readShort(int address) {
        return bytes.get(JAVA_SHORT_UNALIGNED, at(address));
    }

    @Override
    public int readInt(int address) {
        return bytes.get(JAVA_INT_UNALIGNED, at(address));
    }

    @Override
    public long readLong(int address) {
        return bytes.get(JAVA_LONG_UNALIGNED, at(address));
    }

    @Override
    public byte[] readBytes(int address, int length) {
        return bytes.asSlice(at(address), length).toArray(JAVA_BYTE);
    }

    @Override
    public void writeByte(int address, byte value) {
        bytes.set(JAVA_BYTE, at(address), value);
    }

    @Override
    public void writeShort(int address, short value) {
        bytes.set(JAVA_SHORT_UNALIGNED, at(address), value);
    }

    @Override
    public void writeI32(int address, int value) {
        bytes.set(JAVA_INT_UNALIGNED, at(address), value);
    }

    @Override
    public void writeLong(int address, long value) {
        bytes.set(JAVA_LONG_UNALIGNED, at(address), value);
    }

    @Override
    public void write(int address, byte[] source, int offset, int length) {
        MemorySegment.copy(source, offset, bytes, JAVA_BYTE, at(address), length);
    }

    @Override
    public void fill(byte value, int from, int to) {
        bytes.asSlice(at(from), at(to) - at(from)).fill(value);
    }

    private static long at(int address) {
        return Integer.toUnsignedLong(address);
    }

    @Override
    public void close() {
        bytes = MemorySegment.NULL;
        reserved.close();
    }
}
