// SPDX-License-Identifier: Apache-2.0
package io.silica.wasm.engine.wasi;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;

/**
 * A path that a guest gives: relative to one of its directories, and bounded. Whether it stays
 * beneath that, the kernel says.
 *
 * @param text not empty, without a slash in front and without NUL
 */
record GuestPath(String text) {
    /** PATH_MAX. */
    private static final int LONGEST = 4096;

    /**
     * Reads one.
     *
     * @throws WasiFailure if it can't be one
     */
    static GuestPath read(Memory memory, long address, long length) {
        var text = text(memory, address, length);
        if (text.isEmpty()) {
            throw new WasiFailure(WasiErrno.NO_ENTRY);
        }
        if (text.startsWith("/")) {
            throw new WasiFailure(WasiErrno.NOT_CAPABLE);
        }
        return new GuestPath(text);
    }

    /** Any text that is part of a path or like one. */
    static String text(Memory memory, long address, long length) {
        if ((int) length < 0 || (int) length >= LONGEST) {
            throw new WasiFailure(WasiErrno.NAME_TOO_LONG);
        }
        var bytes = memory.readBytes((int) address, (int) length);
        try {
            var text =
                    StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
            if (text.indexOf('\0') >= 0) {
                throw new WasiFailure(WasiErrno.INVALID);
            }
            return text;
        } catch (CharacterCodingException _) {
            throw new WasiFailure(WasiErrno.ILLEGAL_BYTES);
        }
    }

    /** Whether it says that it is a directory. */
    boolean isDirectory() {
        return text.endsWith("/");
    }

    /** The path of the directory that the last name is in. */
    String parent() {
        var path = withoutEnd();
        int slash = path.lastIndexOf('/');
        return slash < 0 ? "." : path.substring(0, slash);
    }

    /**
     * The last name.
     *
     * @throws WasiFailure if it is no name of its own
     */
    String name() {
        var path = withoutEnd();
        var name = path.substring(path.lastIndexOf('/') + 1);
        if (name.equals(".") || name.equals("..")) {
            throw new WasiFailure(WasiErrno.INVALID);
        }
        return name;
    }

    private String withoutEnd() {
        int end = text.length();
        while (text.charAt(end - 1) == '/') {
            end--;
        }
        return text.substring(0, end);
    }
}
