// SPDX-License-Identifier: Apache-2.0
package io.silica.wasm.engine.wasmtime;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.silica.wasm.engine.ModuleDigest;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.util.HexFormat;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What can be said of a file that is to be libwasmtime without loading it, which would run it: a
 * daemon is root, and a worker is not. It is read when it is new or has changed. Any thread may
 * call any method; reading it blocks.
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

    /** Bytes that are read at once. */
    static final int PART = 1 << 20;

    private final Path file;
    private @Nullable Seen seen;
    private @Nullable String digest;

    /**
     * What a file was when it was read.
     *
     * @param key which it is
     */
    private record Seen(Object key, long size, FileTime modified, Optional<String> problem) {
        private boolean is(BasicFileAttributes now) {
            return key.equals(now.fileKey())
                    && size == now.size()
                    && modified.equals(now.lastModifiedTime());
        }
    }

    /**
     * Looks at nothing yet.
     *
     * @param file where it is to be
     */
    public LibraryFile(Path file) {
        this.file = file;
    }

    /** Where it is to be. */
    public Path path() {
        return file;
    }

    /** Why it can't be libwasmtime; empty if it may well be. */
    public synchronized Optional<String> problem() {
        if (!file.isAbsolute()) {
            return Optional.of("%s is not an absolute path".formatted(file));
        }
        if (!Files.isRegularFile(file)) {
            return Optional.of("%s is not there".formatted(file));
        }
        try {
            var now = Files.readAttributes(file, BasicFileAttributes.class);
            if (seen == null || !seen.is(now)) {
                seen = new Seen(now.fileKey(), now.size(), now.lastModifiedTime(), read());
                digest = null;
            }
            return seen.problem;
        } catch (IOException e) {
            return Optional.of("%s can't be read: %s".formatted(file, e.getMessage()));
        }
    }

    /**
     * The digest of the library, by which one build is told from another. It is taken when it is
     * first asked for, or the file has changed.
     *
     * @throws IOException if there is none that could be used, saying why
     */
    public synchronized String digest() throws IOException {
        var problem = problem();
        if (problem.isPresent() || seen == null) {
            throw new IOException(problem.orElse("%s is not there".formatted(file)));
        }
        if (digest == null) {
            digest = digestNow();
        }
        return digest;
    }

    private String digestNow() throws IOException {
        var taken = ModuleDigest.sha256();
        try (var channel = FileChannel.open(file)) {
            var part = ByteBuffer.allocate(PART);
            while (channel.read(part) >= 0) {
                taken.update(part.flip());
                part.clear();
            }
        }
        return HexFormat.of().formatHex(taken.digest());
    }

    private Optional<String> read() throws IOException {
        try (var channel = FileChannel.open(file)) {
            long size = channel.size();
            if (size < HEADER || size > LARGEST) {
                return Optional.of("%s is no library: it has %d bytes".formatted(file, size));
            }
            return read(channel);
        }
    }

    private Optional<String> read(FileChannel channel) throws IOException {
        var header = ByteBuffer.allocate(HEADER).order(ByteOrder.LITTLE_ENDIAN);
        channel.read(header, 0);
        if (header.getInt(0) != MAGIC) {
            return Optional.of("%s is no library".formatted(file));
        }
        if (header.getShort(MACHINE) != machine()) {
            return Optional.of("%s is a library for machines of another sort".formatted(file));
        }
        if (!contains(channel)) {
            return Optional.of("%s is no libwasmtime of version %d".formatted(file, VERSION));
        }
        return Optional.empty();
    }

    static int machine() {
        return System.getProperty("os.arch", "").equals("aarch64") ? AARCH64 : X86_64;
    }

    private static boolean contains(FileChannel channel) throws IOException {
        var part = ByteBuffer.allocate(PART);
        while (channel.read(part) >= 0) {
            part.flip();
            if (contains(part)) {
                return true;
            }
            // Where it may begin and go on in the next part.
            part.position(Math.max(0, part.limit() - MARK.length + 1)).compact();
        }
        return false;
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
