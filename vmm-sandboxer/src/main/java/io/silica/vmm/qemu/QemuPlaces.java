// SPDX-License-Identifier: Apache-2.0
package io.silica.vmm.qemu;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Optional;

/**
 * Where the files of one machine are.
 *
 * <pre>
 *   record      which processes are its
 *   qmp.sock    QEMU's control socket
 *   con.sock    what the guest prints
 *   fs.sock     between QEMU and virtiofsd
 *   qemu.log    what QEMU says
 *   empty/      all that QEMU sees of files while the guest runs
 * </pre>
 *
 * @param directory the machine's
 */
record QemuPlaces(Path directory) {
    private static final int LONGEST_COMPLAINT = 2000;

    Path qmp() {
        return directory.resolve("qmp.sock");
    }

    Path console() {
        return directory.resolve("con.sock");
    }

    Path files() {
        return directory.resolve("fs.sock");
    }

    Path log() {
        return directory.resolve("qemu.log");
    }

    Path empty() {
        return directory.resolve("empty");
    }

    boolean exist() {
        return Files.isDirectory(directory, LinkOption.NOFOLLOW_LINKS);
    }

    void create() {
        var closed =
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------"));
        try {
            Files.createDirectory(directory, closed);
            Files.createDirectory(empty(), closed);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    void writeRecord(String text) {
        try {
            var next = directory.resolve("record.new");
            Files.writeString(next, text);
            Files.move(next, directory.resolve("record"), StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    Optional<String> record() {
        try {
            return Optional.of(Files.readString(directory.resolve("record")));
        } catch (NoSuchFileException _) {
            return Optional.empty();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The end of what QEMU has said. */
    String complaint() {
        try (var file = Files.newByteChannel(log())) {
            file.position(Math.max(0, file.size() - LONGEST_COMPLAINT));
            var bytes = java.nio.ByteBuffer.allocate(LONGEST_COMPLAINT);
            while (bytes.hasRemaining() && file.read(bytes) >= 0) {
                // To its end.
            }
            return new String(bytes.array(), 0, bytes.position(), StandardCharsets.UTF_8).strip();
        } catch (IOException _) {
            return "";
        }
    }

    /** Removes it; there are files in it, and a directory without any. */
    void remove() {
        if (!exist()) {
            return;
        }
        try (var files = Files.newDirectoryStream(directory)) {
            for (var file : files) {
                Files.deleteIfExists(file);
            }
            Files.deleteIfExists(directory);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
