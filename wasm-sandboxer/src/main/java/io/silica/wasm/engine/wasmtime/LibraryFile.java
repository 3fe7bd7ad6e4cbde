// SPDX-License-Identifier: Apache-2.0
package io.silica.wasm.engine.wasmtime;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/**
 * What can be said of a file that is to be libwasmtime without loading it, which would run it: a
 * daemon is root, and a worker is not.
 */
public final class LibraryFile {
    /** The release whose C API is called here; each has another. */
    static final int VERSION = 50;

    /** The library has a function whose name says the release that it is of. */
    private static final byte[] MARK =
            ("resolve_vmctx_memory_ptr_" + VERSION + "_").getBytes(US_ASCII);

    private static final int HEADER = 20;
    private static final int MAGIC = 0x464C_457F;
    private static final int MACHINE = 18;
    private static final int X86_64 = 62;
    private static final int AARCH64 = 183;
    private static final long LARGEST = 1L << 30;

    private LibraryFile() {}

    /** Why it can't be libwasmtime; empty if it may well be. */
    public static Optional<String> problem(Path file) {
        if (!file.isAbsolute()) {
            return Optional.of("%s is not an absolute path".formatted(file));
        }
        if (!Files.isRegularFile(file)) {
            return Optional.of("%s is not there".formatted(file));
        }
        try (var channel = FileChannel.open(file)) {
            long size = channel.size();
            if (size < HEADER || size > LARGEST) {
                return Optional.of("%s is no library: it has %d bytes".formatted(file, size));
            }
            return problem(file, channel.map(FileChannel.MapMode.READ_ONLY, 0, size));
        } catch (IOException e) {
            return Optional.of("%s can't be read: %s".formatted(file, e.getMessage()));
        }
    }

    private static Optional<String> problem(Path file, ByteBuffer bytes) {
        bytes.order(ByteOrder.LITTLE_ENDIAN);
        if (bytes.getInt(0) != MAGIC) {
            return Optional.of("%s is no library".formatted(file));
        }
        if (bytes.getShort(MACHINE) != machine()) {
            return Optional.of("%s is a library for machines of another sort".formatted(file));
        }
        if (!contains(bytes)) {
            return Optional.of("%s is no libwasmtime of version %d".formatted(file, VERSION));
        }
        return Optional.empty();
    }

    private static int machine() {
        return System.getProperty("os.arch", "").equals("aarch64") ? AARCH64 : X86_64;
    }

    private static boolean contains(ByteBuffer bytes) {
        int last = bytes.limit() - MARK.length;
        for (int at = 0; at <= last; at++) {
            if (bytes.get(at) == MARK[0]
                    && bytes.slice(at, MARK.length).mismatch(ByteBuffer.wrap(MARK)) < 0) {
                return true;
            }
        }
        return false;
    }
}
