// SPDX-License-Identifier: Apache-2.0
package io.silica.ctl.upgrade;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.json.JsonMapper;

/**
 * What the file {@code format} of a state directory says; the daemon writes it at each start.
 *
 * @param format in which records are written
 * @param newest in which the program that has the directory could write them
 * @param program its version
 */
record NotedFormat(int format, int newest, String program) {
    private static final String FILE = "format";
    private static final JsonMapper MAPPER = JsonMapper.shared();

    /**
     * Reads it.
     *
     * @throws UpgradeException if no daemon has written it, or it cannot be read
     */
    static NotedFormat of(Path state) throws IOException {
        Path file = state.resolve(FILE);
        try {
            return MAPPER.readValue(Files.readAllBytes(file), NotedFormat.class);
        } catch (NoSuchFileException e) {
            throw new UpgradeException(
                    "there is no %s: name the daemon's state directory with --dir".formatted(file),
                    e);
        } catch (JacksonException e) {
            throw new UpgradeException(
                    "%s cannot be read: the daemon writes it anew when it starts".formatted(file),
                    e);
        }
    }

    /** The same, written in the newest format from now on. */
    NotedFormat committed() {
        return new NotedFormat(newest, newest, program);
    }

    void write(Path state) throws IOException {
        var mode =
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"));
        Path unfinished = Files.createTempFile(state, "." + FILE, ".tmp", mode);
        Files.write(unfinished, MAPPER.writeValueAsBytes(this), StandardOpenOption.SYNC);
        Files.move(unfinished, state.resolve(FILE), StandardCopyOption.ATOMIC_MOVE);
    }
}
