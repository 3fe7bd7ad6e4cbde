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

    /** As many as browsers take. */
    private static final int FUNCTION_LOCALS = 50_000;

    /** Each takes some bytes while it is parsed, and next to none in the module. */
    private static final int LOCALS = 5_000_000;

    private static final int FUNCTION = 3;
    private static final int ELEMENT = 9;
    private static final int CODE = 10;

    private final ModuleBytes bytes;
    private long locals;

    private CodeLimits(byte[] binary) {
        this.bytes = new ModuleBytes(binary);
    }

    /**
     * Refuses what is too much, and what says that more follows than it has bytes for: a parser may
     * believe it.
     *
     * @throws ModuleException.TooLarge with how much it is
     * @throws ModuleException.Invalid if it can't be so
     */
    static void check(byte[] binary) {
        new CodeLimits(binary).checkSections();
    }

    private void checkSections() {
        while (!bytes.isAtEnd()) {
            int id = bytes.octet();
            int end = bytes.end(bytes.number());
            checkSection(id, end);
            bytes.goTo(end);
        }
    }

    private void checkSection(int id, int end) {
        switch (id) {
            case FUNCTION -> functions(end);
            case ELEMENT -> ElementLimits.check(bytes, end);
            case CODE -> checkCode(end);
            default -> {
                // Takes about as much as it has bytes.
            }
        }
    }

    private long functions(int end) {
        long functions = bytes.number();
        require(functions, "functions", FUNCTIONS);
        bytes.requireRoom(functions, "functions", end);
        return functions;
    }

    private void checkCode(int end) {
        long functions = functions(end);
        for (long i = 0; i < functions; i++) {
            long body = bytes.number();
            require(body, "bytes in a function", FUNCTION_BYTES);
            bytes.requireRoom(body, "bytes in a function", end);
            int next = bytes.end(body);
            checkLocals(next);
            bytes.goTo(next);
        }
    }

    /** They are declared in groups of one type, each of which takes a few bytes. */
    private void checkLocals(int end) {
        long groups = bytes.number();
        bytes.requireRoom(groups, "groups of locals in a function", end);
        long ofFunction = 0;
        for (long i = 0; i < groups; i++) {
            bytes.requireRoom(1, "group of locals more in a function", end);
            ofFunction += bytes.number();
            require(ofFunction, "locals in a function", FUNCTION_LOCALS);
            bytes.skipType();
        }
        locals += ofFunction;
        require(locals, "locals in its functions together", LOCALS);
    }

    private static void require(long size, String what, long limit) {
        if (size > limit) {
            throw new ModuleException.TooLarge(size, what, limit);
        }
    }
}
