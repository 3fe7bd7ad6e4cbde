// SPDX-License-Identifier: Apache-2.0
package io.silica.wasm.engine.wasi;

/**
 * The memory of a guest, as an engine lends it for a call. Numbers are little-endian.
 *
 * <p>An address outside of it is the end of the guest: what a method throws then is the engine's,
 * and passes through unchanged.
 */
public interface Memory {
    /** One byte. */
    byte read(int address);

    /** Two bytes. */
    short readShort(int address);

    /** Four bytes. */
    int readInt(int address);

    /** Eight bytes. */
    long readLong(int address);

    /** A copy. */
    byte[] readBytes(int address, int length);

    /** Writes one byte. */
    void writeByte(int address, byte value);

    /** Writes two bytes. */
    void writeShort(int address, short value);

    /** Writes four bytes. */
    void writeI32(int address, int value);

    /** Writes eight bytes. */
    void writeLong(int address, long value);

    /** Writes a part of an array. */
    void write(int address, byte[] bytes, int offset, int length);

    /** Writes an array. */
    default void write(int address, byte[] bytes) {
        write(address, bytes, 0, bytes.length);
    }

    /** Writes the same byte from one address to before another. */
    void fill(byte value, int from, int to);
}
