// SPDX-License-Identifier: Apache-2.0
package io.silica.wasm.engine;

import java.io.ByteArrayOutputStream;

/** Modules that are valid, small, and a burden to whoever compiles them. */
public final class HostileModules {
    private static final int BLOCK = 0x02;
    private static final int LOOP = 0x03;
    private static final int BRANCH_IF = 0x0d;
    private static final int DROP = 0x1a;
    private static final int LOCAL_GET = 0x20;
    private static final int CONSTANT = 0x41;
    private static final int NO_RESULT = 0x40;
    private static final int END = 0x0b;

    private HostileModules() {}

    /** So many functions, each of which does nothing. */
    public static byte[] functions(int count) {
        var code = new ByteArrayOutputStream();
        number(code, count);
        for (int i = 0; i < count; i++) {
            code.writeBytes(new byte[] {2, 0, END});
        }
        return module(count, code.toByteArray());
    }

    /** A function with loops within loops. */
    public static byte[] nested(int depth) {
        var body = new ByteArrayOutputStream();
        body.write(0);
        for (int i = 0; i < depth; i++) {
            body.writeBytes(new byte[] {LOOP, NO_RESULT});
        }
        for (int i = 0; i < depth; i++) {
            // Back to the beginning of each of them, were that ever so.
            body.writeBytes(new byte[] {CONSTANT, 0, BRANCH_IF, 0, END});
        }
        body.write(END);
        return module(1, only(body.toByteArray()));
    }

    /** A function of so many blocks, one after the other. */
    public static byte[] huge(int blocks) {
        var body = new ByteArrayOutputStream();
        // One local, a number of 32 bits.
        body.writeBytes(new byte[] {1, 1, 0x7f});
        for (int i = 0; i < blocks; i++) {
            body.writeBytes(
                    new byte[] {
                        BLOCK, NO_RESULT, LOCAL_GET, 0, BRANCH_IF, 0, LOCAL_GET, 0, DROP, END
                    });
        }
        body.write(END);
        return module(1, only(body.toByteArray()));
    }

    /** A function with so many variables, which takes a few bytes to say. */
    public static byte[] locals(int count) {
        var body = new ByteArrayOutputStream();
        body.write(1);
        number(body, count);
        body.write(0x7f);
        body.write(END);
        return module(1, only(body.toByteArray()));
    }

    private static byte[] only(byte[] body) {
        var code = new ByteArrayOutputStream();
        number(code, 1);
        number(code, body.length);
        code.writeBytes(body);
        return code.toByteArray();
    }

    /** The first of its functions is its entry point. */
    private static byte[] module(int functions, byte[] code) {
        var module = new ByteArrayOutputStream();
        module.writeBytes(new byte[] {0, 'a', 's', 'm', 1, 0, 0, 0});
        section(module, 1, new byte[] {1, 0x60, 0, 0});
        var types = new ByteArrayOutputStream();
        number(types, functions);
        types.writeBytes(new byte[functions]);
        section(module, 3, types.toByteArray());
        section(module, 7, new byte[] {1, 6, '_', 's', 't', 'a', 'r', 't', 0, 0});
        section(module, 10, code);
        return module.toByteArray();
    }

    private static void section(ByteArrayOutputStream module, int id, byte[] content) {
        module.write(id);
        number(module, content.length);
        module.writeBytes(content);
    }

    /** LEB128, without a sign. */
    private static void number(ByteArrayOutputStream to, int value) {
        int left = value;
        while (left >= 0x80) {
            to.write((left & 0x7f) | 0x80);
            left >>>= 7;
        }
        to.write(left);
    }
}
