// SPDX-License-Identifier: Apache-2.0
package io.silica.wasm.compiler;

import io.silica.linux.Descriptor;
import io.silica.linux.OpenFile;
import io.silica.linux.OpenFlag;
import io.silica.wasm.engine.ModuleDigest;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.ByteBuffer;
import java.util.HexFormat;

/**
 * The bytes of a module in a file without a name, which nobody who may write to the module can
 * change: so their digest is that of what is compiled.
 *
 * @param file open for reading
 * @param digest of what is in it
 */
record ModuleCopy(Descriptor file, ModuleDigest digest) implements AutoCloseable {
    private static final int CHUNK = 64 << 10;

    /** What bytes that are read go to. */
    @FunctionalInterface
    private interface Sink {
        void write(ByteBuffer bytes) throws IOException;
    }

    /**
     * The digest of a module, as it is now.
     *
     * @param module open for reading; as slow as its file system
     * @param limit the most bytes that it may have
     * @throws CompilerException.TooMuch if it has more
     */
    static ModuleDigest digest(Descriptor module, long limit) throws IOException {
        return digest(module, 0, limit);
    }

    /**
     * The digest of the rest of a file.
     *
     * @param from where it begins
     */
    static ModuleDigest digest(Descriptor file, long from, long limit) throws IOException {
        var digest = ModuleDigest.sha256();
        read(file, from, limit, digest::update);
        return new ModuleDigest(HexFormat.of().formatHex(digest.digest()));
    }

    /**
     * Makes one, open where nobody can write.
     *
     * @param module as {@link #digest} takes it
     * @param fresh where, which the caller closes
     * @param limit as {@link #digest} takes it
     * @throws CompilerException.TooMuch if it has more
     */
    static ModuleCopy of(Descriptor module, FreshFile fresh, long limit) throws IOException {
        read(module, 0, limit, fresh::write);
        try (var written = Descriptor.open(fresh.path(), OpenFlag.READ, OpenFlag.NO_FOLLOW)) {
            return new ModuleCopy(ModuleCache.readOnly(written), new ModuleDigest(fresh.digest()));
        }
    }

    private static void read(Descriptor module, long from, long limit, Sink to) throws IOException {
        var file = new OpenFile(module);
        try (var arena = Arena.ofConfined()) {
            var buffer = arena.allocate(CHUNK);
            long length = 0;
            int count = file.readAt(buffer, CHUNK, from);
            while (count > 0) {
                length += count;
                if (length > limit) {
                    throw new CompilerException.TooMuch(
                            "it has more than the %d bytes that are the limit".formatted(limit));
                }
                to.write(buffer.asSlice(0, count).asByteBuffer());
                count = file.readAt(buffer, CHUNK, from + length);
            }
        }
    }

    @Override
    public void close() {
        file.close();
    }
}
