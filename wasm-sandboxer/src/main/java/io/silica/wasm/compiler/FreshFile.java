// SPDX-License-Identifier: Apache-2.0
package io.silica.wasm.compiler;

import io.silica.wasm.engine.ModuleDigest;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.Set;

/** A file that nobody but its maker knows: it is written once, and gone unless it is moved. */
final class FreshFile implements AutoCloseable {
    private static final FileAttribute<?> PRIVATE =
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"));

    private final Path path;
    private final FileChannel channel;
    private final MessageDigest digest = ModuleDigest.sha256();
    private long length;

    private FreshFile(Path path, FileChannel channel) {
        this.path = path;
        this.channel = channel;
    }

    static FreshFile create(Path path) throws IOException {
        var options = Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
        return new FreshFile(path, FileChannel.open(path, options, PRIVATE));
    }

    Path path() {
        return path;
    }

    /** Leaves room for what can be said only at the end. */
    void skip(int bytes) throws IOException {
        channel.position(bytes);
    }

    void write(ByteBuffer bytes) throws IOException {
        digest.update(bytes.duplicate());
        length += bytes.remaining();
        while (bytes.hasRemaining()) {
            channel.write(bytes);
        }
    }

    /** Fills the room that was left at the beginning. */
    void begin(ByteBuffer header) throws IOException {
        channel.write(header, 0);
    }

    /** How many bytes were written, those at the beginning not counted. */
    long length() {
        return length;
    }

    /** Of what was written; to be asked once, in the end. */
    String digest() {
        return HexFormat.of().formatHex(digest.digest());
    }

    /** Its name is gone, if it is still there. */
    @Override
    public void close() {
        try {
            channel.close();
            Files.deleteIfExists(path);
        } catch (IOException e) {
            System.getLogger(FreshFile.class.getName())
                    .log(System.Logger.Level.WARNING, "a file of no use is left: " + path, e);
        }
    }
}
