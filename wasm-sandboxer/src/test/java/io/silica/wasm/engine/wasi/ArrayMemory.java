// SPDX-License-Identifier: Apache-2.0
package io.silica.wasm.engine.wasi;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;

/** A memory that no guest has. */
final class ArrayMemory implements Memory {
    private final ByteBuffer bytes;

    ArrayMemory(int size) {
        this.bytes = ByteBuffer.allocate(size).order(ByteOrder.LITTLE_ENDIAN);
    }

    @Override
    public byte read(int address) {
        return bytes.get(address);
    }

    @Override
    public short readShort(int address) {
        return bytes.getShort(address);
    }

    @Override
    public int readInt(int address) {
        return bytes.getInt(address);
    }

    @Override
    public long readLong(int address) {
        return bytes.getLong(address);
    }

    @Override
    public byte[] readBytes(int address, int length) {
        var copy = new byte[length];
        bytes.get(address, copy);
        return copy;
    }

    @Override
    public void writeByte(int address, byte value) {
        bytes.put(address, value);
    }

    @Override
    public void writeShort(int address, short value) {
        bytes.putShort(address, value);
    }

    @Override
    public void writeI32(int address, int value) {
        bytes.putInt(address, value);
    }

    @Override
    public void writeLong(int address, long value) {
        bytes.putLong(address, value);
    }

    @Override
    public void write(int address, byte[] source, int offset, int length) {
        bytes.put(address, source, offset, length);
    }

    @Override
    public void fill(byte value, int from, int to) {
        Arrays.fill(bytes.array(), from, to, value);
    }
}
