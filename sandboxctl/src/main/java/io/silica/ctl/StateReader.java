// SPDX-License-Identifier: Apache-2.0
package io.silica.ctl;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import io.silica.ctl.cli.CommandException;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.zip.CRC32C;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.json.JsonMapper;

/**
 * Reads the records of a daemon's state directory; neither needs the daemon nor changes anything.
 *
 * <p>The files are those of the daemon's record store: {@code sandboxes/ID.json}, each an envelope
 * with a checksum around the record, and {@code sandboxes/quarantine/} for what it could not use.
 */
final class StateReader {
    private static final String SUFFIX = ".json";
    private static final Pattern HEAD =
            Pattern.compile(
                    "\\{\"version\":([1-9]\\d{0,8}),\"kind\":\"([a-z-]+)\",\"checksum\":\"([0-9a-f]{8})\",\"record\":");
    private static final byte[] TAIL = "}\n".getBytes(UTF_8);
    private static final JsonMapper MAPPER = new JsonMapper();

    private StateReader() {}

    /**
     * All records below a state directory, in the order of their names; none if it has none.
     *
     * @throws CommandException if there is no such directory, or it may not be read
     */
    static List<StateRecord> read(Path directory) throws IOException {
        Path store = directory.resolve("sandboxes");
        List<StateRecord> records = new ArrayList<>();
        for (Path file : files(directory, store)) {
            String name = file.getFileName().toString();
            if (name.endsWith(SUFFIX) && !name.startsWith(".")) {
                records.add(record(kind(directory), id(file), file));
            }
        }
        Path quarantine = store.resolve("quarantine");
        if (Files.isDirectory(quarantine)) {
            for (Path file : list(quarantine)) {
                records.add(new StateRecord.Quarantined(kind(directory), id(file), file));
            }
        }
        return records;
    }

    private static List<Path> files(Path directory, Path store) throws IOException {
        if (!Files.isDirectory(directory)) {
            throw new CommandException(
                    "there is no state directory %s; name the daemon's with --dir"
                            .formatted(directory),
                    null);
        }
        try {
            return list(store);
        } catch (NoSuchFileException _) {
            return List.of();
        } catch (AccessDeniedException e) {
            throw new CommandException(
                    "permission to read %s denied; run as root".formatted(store), e);
        }
    }

    private static List<Path> list(Path directory) throws IOException {
        try (var files = Files.list(directory)) {
            return files.sorted().toList();
        }
    }

    private static String kind(Path directory) {
        return directory.toAbsolutePath().normalize().getFileName().toString();
    }

    private static String id(Path file) {
        String name = file.getFileName().toString();
        int end = name.indexOf(SUFFIX);
        return end < 0 ? name : name.substring(0, end);
    }

    private static StateRecord record(String kind, String id, Path file) {
        try {
            byte[] bytes = Files.readAllBytes(file);
            // Every byte is a character of Latin-1, so that positions are the same.
            Matcher head = HEAD.matcher(new String(bytes, ISO_8859_1));
            if (!head.lookingAt()) {
                return new StateRecord.Unreadable(
                        kind, id, file, "does not begin as a record does");
            }
            int end = bytes.length - TAIL.length;
            if (end < head.end()
                    || !Arrays.equals(bytes, end, bytes.length, TAIL, 0, TAIL.length)) {
                return new StateRecord.Unreadable(kind, id, file, "has no end");
            }
            byte[] body = Arrays.copyOfRange(bytes, head.end(), end);
            if (!checksum(head, body).equals(head.group(3))) {
                return new StateRecord.Unreadable(kind, id, file, "has a wrong checksum");
            }
            return new StateRecord.Written(
                    kind, id, Integer.parseInt(head.group(1)), MAPPER.readTree(body));
        } catch (IOException | JacksonException e) {
            return new StateRecord.Unreadable(kind, id, file, "cannot be read: " + e.getMessage());
        }
    }

    /** Of the record, then the kind and the version. */
    private static String checksum(Matcher head, byte[] body) {
        var checksum = new CRC32C();
        checksum.update(body);
        checksum.update((head.group(2) + head.group(1)).getBytes(UTF_8));
        return "%08x".formatted(checksum.getValue());
    }
}
