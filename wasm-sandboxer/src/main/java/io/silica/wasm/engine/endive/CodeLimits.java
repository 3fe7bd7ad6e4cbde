// SPDX-License-Identifier: Apache-2.0
package io.silica.wasm.engine.endive;

import io.silica.wasm.engine.ModuleException;

/**
 * How much a module may ask of a compiler that works beside guests: counted before anything is
 * parsed, because afterwards the memory is used. What real modules have is far below.
 *
 * <p>Preconditions: the layout of its sections has been checked.
 */
final class CodeLimits {
    /** A small function takes some kilobytes, as a method of the JVM. */
    private static final int FUNCTIONS = 100_000;

    /** An instruction takes up to a hundred times as much while it is parsed. */
    private static final int FUNCTION_BYTES = 1 << 20;

    private static final int HEADER = 8;
    private static final int CODE = 10;
    private static final int LEB_BITS = 7;
    private static final int LEB_MAXIMUM_BYTES = 5;

    private final byte[] binary;
    private int at = HEADER;

    private CodeLimits(byte[] binary) {
        this.binary = binary;
    }

    /**
     * Refuses what is too much.
     *
     * @throws ModuleException.TooLarge with how much it is
     */
    static void check(byte[] binary) {
        new CodeLimits(binary).checkSections();
    }

    private void checkSections() {
        while (at < binary.length) {
            int id = binary[at++];
            long size = number();
            long end = at + size;
            if (id == CODE) {
                checkCode(end);
            }
            at = (int) Math.min(binary.length, end);
        }
    }

    /** What it says of itself may be false, and is the parser's to refuse then. */
    private void checkCode(long end) {
        long functions = number();
        require(functions, "functions", FUNCTIONS);
        for (long i = 0; i < functions && at < end; i++) {
            long body = number();
            require(body, "bytes in a function", FUNCTION_BYTES);
            at = (int) Math.min(binary.length, at + body);
        }
    }

    private static void require(long size, String what, long limit) {
        if (size > limit) {
            throw new ModuleException.TooLarge(size, what, limit);
        }
    }

    private long number() {
        long value = 0;
        for (int i = 0; i < LEB_MAXIMUM_BYTES && at < binary.length; i++) {
            byte next = binary[at++];
            value |= (long) (next & 0x7f) << (LEB_BITS * i);
            if (next >= 0) {
                break;
            }
        }
        return value;
    }
}
