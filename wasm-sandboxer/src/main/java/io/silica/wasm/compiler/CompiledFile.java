// SPDX-License-Identifier: Apache-2.0
package io.silica.wasm.compiler;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;

import io.silica.linux.Descriptor;
import io.silica.linux.OpenFile;
import io.silica.wasm.engine.ModuleDigest;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Optional;

/**
 * The beginning of a file with a compiled module, which says what follows it.
 *
 * @param key what it depends on
 * @param module what it was compiled from
 * @param length bytes that follow
 * @param content their digest
 */
public record CompiledFile(String key, ModuleDigest module, long length, String content) {
    static final int HEADER = 112;

    private static final byte[] MAGIC = {'s', 'i', 'l', 'i', 'c', 'a', 'w', 1};
    private static final int DIGEST = 32;

    /** The beginning of a file; empty if it is another one. */
    public static Optional<CompiledFile> of(Descriptor file) {
        try (var arena = Arena.ofConfined()) {
            var header = arena.allocate(HEADER);
            return new OpenFile(file).fill(header, 0)
                    ? parse(header.toArray(JAVA_BYTE))
                    : Optional.empty();
        }
    }

    private static Optional<CompiledFile> parse(byte[] header) {
        var from = ByteBuffer.wrap(header);
        if (!Arrays.equals(take(from, MAGIC.length), MAGIC)) {
            return Optional.empty();
        }
        var key = hex(take(from, DIGEST));
        var module = new ModuleDigest(hex(take(from, DIGEST)));
        long length = from.getLong();
        return Optional.of(new CompiledFile(key, module, length, hex(take(from, DIGEST))));
    }

    private static byte[] take(ByteBuffer from, int count) {
        var bytes = new byte[count];
        from.get(bytes);
        return bytes;
    }

    private static String hex(byte[] bytes) {
        return HexFormat.of().formatHex(bytes);
    }

    /** What the file begins with. */
    ByteBuffer header() {
        var hex = HexFormat.of();
        return ByteBuffer.allocate(HEADER)
                .put(MAGIC)
                .put(hex.parseHex(key))
                .put(hex.parseHex(module.hex()))
                .putLong(length)
                .put(hex.parseHex(content))
                .flip();
    }

    /**
     * What follows; empty if the file ends before.
     *
     * @param file the one that this is the beginning of
     */
    public Optional<MemorySegment> read(Descriptor file, Arena arena) {
        var bytes = arena.allocate(length);
        return new OpenFile(file).fill(bytes, HEADER) ? Optional.of(bytes) : Optional.empty();
    }
}
