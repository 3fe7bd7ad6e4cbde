// SPDX-License-Identifier: Apache-2.0
package io.silica.wasm.compiler;

import io.silica.linux.Descriptor;
import io.silica.linux.OpenFile;
import io.silica.linux.OpenFlag;
import io.silica.wasm.engine.ModuleDigest;
import java.io.IOException;
import java.lang.foreign.Arena;

/**
 * The bytes of a module in a file without a name, which nobody who may write to the module can
 * change: so their digest is that of what is compiled.
 *
 * @param file open for reading
 * @param digest of what is in it
 */
record ModuleCopy(Descriptor file, ModuleDigest digest) implements AutoCloseable {
    private static final int CHUNK = 64 << 10;

    /**
     * Makes one.
     *
     * @param module open for reading; as slow as its file system
     * @param fresh where, which the caller closes
     * @param limit the most bytes that it may have
     * @throws CompilerException.TooMuch if it has more
     */
    static ModuleCopy of(Descriptor module, FreshFile fresh, long limit) throws IOException {
        var from = new OpenFile(module);
        try (var arena = Arena.ofConfined()) {
            var buffer = arena.allocate(CHUNK);
            int count = from.readAt(buffer, CHUNK, 0);
            while (count > 0) {
                fresh.write(buffer.asSlice(0, count).asByteBuffer());
                if (fresh.length() > limit) {
                    throw new CompilerException.TooMuch(
                            "it has more than the %d bytes that are the limit".formatted(limit));
                }
                count = from.readAt(buffer, CHUNK, fresh.length());
            }
        }
        return new ModuleCopy(
                Descriptor.open(fresh.path(), OpenFlag.READ, OpenFlag.NO_FOLLOW),
                new ModuleDigest(fresh.digest()));
    }

    /** The same, which lives on when this is closed. */
    ModuleCopy duplicate() {
        return new ModuleCopy(file.duplicate(), digest);
    }

    @Override
    public void close() {
        file.close();
    }
}
