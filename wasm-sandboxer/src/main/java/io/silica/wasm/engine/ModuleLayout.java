// SPDX-License-Identifier: Apache-2.0
package io.silica.wasm.engine;

import java.util.Arrays;

/**
 * The outer shape of a binary module: a magic number, a version, and sections of a stated length.
 * Engines say little about bytes that stop in the middle or are no module at all; this says where
 * and what, the same for all of them.
 *
 * @see <a href="https://webassembly.github.io/spec/core/binary/modules.html">the binary format</a>
 */
public final class ModuleLayout {
    private static final byte[] MAGIC = {0, 'a', 's', 'm'};
    private static final byte[] MODULE_VERSION = {1, 0, 0, 0};
    private static final byte[] COMPONENT_LAYER = {0x0d, 0, 1, 0};
    private static final int HEADER = 8;
    private static final int LEB_BITS = 7;
    private static final int LEB_MAXIMUM_BYTES = 5;

    private final byte[] binary;
    private int at = HEADER;

    private ModuleLayout(byte[] binary) {
        this.binary = binary;
    }

    /**
     * Checks what can be said without knowing what is in the sections.
     *
     * @param limit the most bytes that a module may have
     * @throws ModuleException with the offset of what is wrong
     */
    public static void check(byte[] binary, long limit) {
        if (binary.length > limit) {
            throw new ModuleException.TooLarge(binary.length, limit);
        }
        checkHeader(binary);
        new ModuleLayout(binary).checkSections();
    }

    private static void checkHeader(byte[] binary) {
        var start = Arrays.copyOf(binary, Math.min(binary.length, MAGIC.length));
        if (!Arrays.equals(start, Arrays.copyOf(MAGIC, start.length))) {
            throw new ModuleException.NotWasm(
                    "it does not begin with the magic number of WebAssembly (00 61 73 6d)");
        }
        if (binary.length < HEADER) {
            throw new ModuleException.Truncated(
                    "it ends after " + binary.length + " bytes, within its header");
        }
        var version = Arrays.copyOfRange(binary, MAGIC.length, HEADER);
        if (Arrays.equals(version, COMPONENT_LAYER)) {
            throw new ModuleException.IsComponent();
        }
        if (!Arrays.equals(version, MODULE_VERSION)) {
            throw new ModuleException.NotWasm(
                    "it is of a version of WebAssembly that nobody knows (byte 4)");
        }
    }

    private void checkSections() {
        while (at < binary.length) {
            int start = at;
            int id = binary[at++];
            long size = size(start);
            if (size > binary.length - at) {
                throw new ModuleException.Truncated(
                        "section %d at byte %d has %d bytes and only %d are left"
                                .formatted(id, start, size, binary.length - at));
            }
            at += (int) size;
        }
    }

    private long size(int section) {
        long value = 0;
        for (int i = 0; i < LEB_MAXIMUM_BYTES; i++) {
            if (at == binary.length) {
                throw new ModuleException.Truncated(
                        "it ends within the length of the section at byte " + section);
            }
            byte next = binary[at++];
            value |= (long) (next & 0x7f) << (LEB_BITS * i);
            if (next >= 0) {
                return value;
            }
        }
        throw new ModuleException.Invalid(
                "the length of the section at byte " + section + " is no 32-bit number");
    }
}
