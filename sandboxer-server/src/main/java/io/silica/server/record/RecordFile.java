// SPDX-License-Identifier: Apache-2.0
package io.silica.server.record;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFileAttributes;
import java.nio.file.attribute.PosixFilePermission;

/** Reads a file only if nobody else can have written it. */
final class RecordFile {
    private RecordFile() {}

    /**
     * @throws UntrustedRecordException if it is no plain file of ours, or too large
     * @throws IOException if it cannot be read
     */
    static byte[] read(Path path, long maxSize) throws IOException, UntrustedRecordException {
        requireTrusted(path);
        try (InputStream in = Files.newInputStream(path, LinkOption.NOFOLLOW_LINKS)) {
            byte[] content = in.readNBytes(Math.toIntExact(maxSize + 1));
            if (content.length > maxSize) {
                throw new UntrustedRecordException("it has more than " + maxSize + " bytes");
            }
            return content;
        }
    }

    private static void requireTrusted(Path path) throws IOException, UntrustedRecordException {
        var attributes =
                Files.readAttributes(path, PosixFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
        if (attributes.isSymbolicLink()) {
            throw new UntrustedRecordException("it is a symbolic link");
        }
        // Asked before it is opened: opening a FIFO would wait for its other end.
        if (!attributes.isRegularFile()) {
            throw new UntrustedRecordException("it is not a regular file");
        }
        if (!PrivateDirectory.isOurs(path)) {
            throw new UntrustedRecordException("it belongs to another user");
        }
        if (isWritableByOthers(attributes)) {
            throw new UntrustedRecordException("others may write it");
        }
    }

    private static boolean isWritableByOthers(PosixFileAttributes attributes) {
        var permissions = attributes.permissions();
        return permissions.contains(PosixFilePermission.GROUP_WRITE)
                || permissions.contains(PosixFilePermission.OTHERS_WRITE);
    }
}
