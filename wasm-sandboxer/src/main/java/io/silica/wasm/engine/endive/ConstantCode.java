// SPDX-License-Identifier: Apache-2.0
package io.silica.wasm.engine.endive;

import io.silica.wasm.engine.ModuleException;

/**
 * The instructions of constant expressions, which are few.
 *
 * @see <a
 *     href="https://webassembly.github.io/spec/core/valid/instructions.html#constant-expressions">
 *     which they are</a>
 */
final class ConstantCode {
    static final int END = 0x0b;

    private ConstantCode() {}

    /**
     * Passes over what an instruction has besides its code.
     *
     * @throws ModuleException.Invalid if it may not be there
     */
    static void skipOperands(int code, ModuleBytes bytes) {
        switch (code) {
            // global.get, i32.const, i64.const, ref.null, ref.func
            case 0x23, 0x41, 0x42, 0xd0, 0xd2 -> bytes.skipNumber();
            case 0x43 -> bytes.skip(Float.BYTES);
            case 0x44 -> bytes.skip(Double.BYTES);
            // add, sub and mul of both integers
            case 0x6a, 0x6b, 0x6c, 0x7c, 0x7d, 0x7e -> {}
            case 0xfb -> skipOperandsOfReference(bytes);
            case 0xfd -> skipVector(bytes);
            default -> throw unknown(code);
        }
    }

    private static void skipOperandsOfReference(ModuleBytes bytes) {
        long code = bytes.number();
        switch ((int) code) {
            // struct.new and array.new, also with default values
            case 0, 1, 6, 7 -> bytes.skipNumber();
            // array.new_fixed
            case 8 -> {
                bytes.skipNumber();
                bytes.skipNumber();
            }
            // any.convert_extern, extern.convert_any, ref.i31
            case 26, 27, 28 -> {}
            default -> throw unknown(code);
        }
    }

    private static void skipVector(ModuleBytes bytes) {
        long code = bytes.number();
        // v128.const
        if (code != 12) {
            throw unknown(code);
        }
        bytes.skip(2 * Long.BYTES);
    }

    private static ModuleException unknown(long code) {
        return new ModuleException.Invalid(
                "it is invalid: an expression that has to be constant has the instruction 0x"
                        + Long.toHexString(code));
    }
}
