// SPDX-License-Identifier: Apache-2.0
package io.silica.wasm.engine.endive;

import io.silica.wasm.engine.ModuleException;

/**
 * How many elements the segments of a module say that they have: a parser makes room for them
 * before it looks for them.
 *
 * @see <a href="https://webassembly.github.io/spec/core/binary/modules.html#element-section">the
 *     binary format</a>
 */
final class ElementLimits {
    private static final int NOT_ACTIVE = 1;
    private static final int NAMES_TABLE = 2;
    private static final int OF_EXPRESSIONS = 4;
    private static final int HAS_TYPE = NOT_ACTIVE | NAMES_TABLE;

    private final ModuleBytes bytes;
    private final int end;

    private ElementLimits(ModuleBytes bytes, int end) {
        this.bytes = bytes;
        this.end = end;
    }

    /**
     * Refuses what says that more follows than it has bytes for.
     *
     * @param bytes at the beginning of the section's content
     * @param end of the section
     * @throws ModuleException.Invalid saying so
     */
    static void check(ModuleBytes bytes, int end) {
        new ElementLimits(bytes, end).checkSegments();
    }

    private void checkSegments() {
        long segments = bytes.number();
        bytes.requireRoom(segments, "segments of elements", end);
        for (long i = 0; i < segments; i++) {
            checkSegment();
        }
    }

    private void checkSegment() {
        long flags = bytes.number();
        boolean ofExpressions = (flags & OF_EXPRESSIONS) != 0;
        if ((flags & NOT_ACTIVE) == 0) {
            if ((flags & NAMES_TABLE) != 0) {
                bytes.skipNumber();
            }
            skipExpression();
        }
        if ((flags & HAS_TYPE) != 0) {
            bytes.skipType();
        }
        long elements = bytes.number();
        bytes.requireRoom(elements, "elements in a segment", end);
        for (long i = 0; i < elements; i++) {
            if (ofExpressions) {
                skipExpression();
            } else {
                bytes.skipNumber();
            }
        }
    }

    private void skipExpression() {
        int code = bytes.octet();
        while (code != ConstantCode.END) {
            bytes.requireRoom(1, "instruction more in an expression", end);
            ConstantCode.skipOperands(code, bytes);
            code = bytes.octet();
        }
    }
}
