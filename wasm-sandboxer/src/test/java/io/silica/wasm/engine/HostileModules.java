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

    /** A function with groups of so many variables each, which take a few bytes to say. */
    public static byte[] locals(int groups, int each) {
        return module(1, only(withLocals(groups, each)));
    }

    /** So many functions with so many variables each. */
    public static byte[] localsOf(int functions, int each) {
        var body = withLocals(1, each);
        var code = new ByteArrayOutputStream();
        number(code, functions);
        for (int i = 0; i < functions; i++) {
            number(code, body.length);
            code.writeBytes(body);
        }
        return module(functions, code.toByteArray());
    }

    private static byte[] withLocals(int groups, int each) {
        var body = new ByteArrayOutputStream();
        number(body, groups);
        for (int i = 0; i < groups; i++) {
            number(body, each);
            body.write(0x7f);
        }
        body.write(END);
        return body.toByteArray();
    }

    /** A function that has a variable which refers to functions, and so many numbers besides. */
    public static byte[] localReferenceAnd(int numbers) {
        var body = new ByteArrayOutputStream();
        body.writeBytes(new byte[] {2, 1, 0x63, 0x70});
        number(body, numbers);
        body.write(0x7f);
        body.write(END);
        return module(1, only(body.toByteArray()));
    }

    /** A function that says that it has two groups of variables, and ends within the first. */
    public static byte[] localsBehindTheirFunction() {
        return module(1, only(new byte[] {2, END}));
    }

    /**
     * A segment of elements that says that it has so many, and has one: the first function.
     *
     * @param head its kind, and what that has before the elements
     */
    public static byte[] elements(byte[] head, int claimed) {
        var content = new ByteArrayOutputStream();
        content.write(1);
        content.writeBytes(head);
        number(content, claimed);
        content.write(0);
        var module = new ByteArrayOutputStream();
        module.writeBytes(new byte[] {0, 'a', 's', 'm', 1, 0, 0, 0});
        section(module, 9, content.toByteArray());
        return module.toByteArray();
    }

    /** It says that so many functions follow, or else segments of elements, and has none. */
    public static byte[] claims(int section, int count) {
        var content = new ByteArrayOutputStream();
        number(content, count);
        var module = new ByteArrayOutputStream();
        module.writeBytes(new byte[] {0, 'a', 's', 'm', 1, 0, 0, 0});
        section(module, section, content.toByteArray());
        return module.toByteArray();
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
