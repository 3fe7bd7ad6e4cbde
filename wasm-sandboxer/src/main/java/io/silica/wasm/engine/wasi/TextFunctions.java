// SPDX-License-Identifier: Apache-2.0
package io.silica.wasm.engine.wasi;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.List;
import java.util.Map;

/** What a guest is told in words when it begins: its arguments and its environment. */
final class TextFunctions {
    private static final int POINTER = 4;

    private final List<byte[]> arguments;
    private final List<byte[]> environment;

    TextFunctions(List<String> arguments, List<String> environment) {
        this.arguments = bytes(arguments);
        this.environment =
                bytes(environment.stream().filter(variable -> variable.indexOf('=') > 0).toList());
    }

    private static List<byte[]> bytes(List<String> texts) {
        return texts.stream().map(text -> text.getBytes(UTF_8)).toList();
    }

    Map<String, WasiFunction> functions() {
        return Map.of(
                "args_get", (memory, args) -> write(memory, args, arguments),
                "args_sizes_get", (memory, args) -> measure(memory, args, arguments),
                "environ_get", (memory, args) -> write(memory, args, environment),
                "environ_sizes_get", (memory, args) -> measure(memory, args, environment));
    }

    /** {@code (count, bytes)}: each of them ends with a NUL. */
    private static void measure(Memory memory, long[] args, List<byte[]> texts) {
        memory.writeI32((int) args[0], texts.size());
        memory.writeI32((int) args[1], texts.stream().mapToInt(text -> text.length + 1).sum());
    }

    /** {@code (pointers, bytes)}. */
    private static void write(Memory memory, long[] args, List<byte[]> texts) {
        int pointer = (int) args[0];
        int at = (int) args[1];
        for (var text : texts) {
            memory.writeI32(pointer, at);
            memory.write(at, text);
            memory.writeByte(at + text.length, (byte) 0);
            pointer += POINTER;
            at += text.length + 1;
        }
    }
}
