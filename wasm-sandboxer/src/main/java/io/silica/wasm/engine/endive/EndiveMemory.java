// SPDX-License-Identifier: Apache-2.0
package io.silica.wasm.engine.endive;

import io.silica.wasm.engine.wasi.Memory;

/** A memory of Endive's, as WASI has it. */
record EndiveMemory(run.endive.runtime.Memory memory) implements Memory {
    @Override
    public byte read(int address) {
        return memory.read(address);
    }

    @Override
    public short readShort(int address) {
        return memory.readShort(address);
    }

    @Override
    public int readInt(int address) {
        return memory.readInt(address);
    }

    @Override
    public long readLong(int address) {
        return memory.readLong(address);
    }

    @Override
    public byte[] readBytes(int address, int length) {
        return memory.readBytes(address, length);
    }

    @Override
    public void writeByte(int address, byte value) {
        memory.writeByte(address, value);
    }

    @Override
    public void writeShort(int address, short value) {
        memory.writeShort(address, value);
    }

    @Override
    public void writeI32(int address, int value) {
        memory.writeI32(address, value);
    }

    @Override
    public void writeLong(int address, long value) {
        memory.writeLong(address, value);
    }

    @Override
    public void write(int address, byte[] bytes, int offset, int length) {
        memory.write(address, bytes, offset, length);
    }

    @Override
    public void fill(byte value, int from, int to) {
        memory.fill(value, from, to);
    }
}
