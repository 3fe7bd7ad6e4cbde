// SPDX-License-Identifier: Apache-2.0
package io.silica.linux.cgroup;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Optional;
import java.util.OptionalLong;

/** Reading and writing the files of a cgroup. */
final class ControlFile {
    /** Version 1 has no word for "no limit": its limit is the largest multiple of a page. */
    private static final long V1_UNLIMITED = Long.MAX_VALUE - 65_536;

    private ControlFile() {}

    static void write(Path file, String value) {
        try {
            // The kernel takes a value as one write; the file is never made by us.
            Files.writeString(file, value, StandardOpenOption.WRITE);
        } catch (IOException e) {
            throw new CgroupException(
                    "cannot write \"%s\" to %s: %s".formatted(value, file, e.getMessage()), e);
        }
    }

    /** Empty if there is no such file. */
    static Optional<String> read(Path file) {
        try {
            return Optional.of(Files.readString(file).strip());
        } catch (NoSuchFileException _) {
            return Optional.empty();
        } catch (IOException e) {
            throw new CgroupException("cannot read %s: %s".formatted(file, e.getMessage()), e);
        }
    }

    static OptionalLong number(Path file) {
        var text = read(file);
        return text.isPresent() ? OptionalLong.of(parse(text.get())) : OptionalLong.empty();
    }

    /** A limit; empty if there is no file or no limit. */
    static OptionalLong limit(Path file) {
        var text = read(file);
        if (text.isEmpty() || text.get().equals("max")) {
            return OptionalLong.empty();
        }
        long value = parse(text.get());
        return value >= V1_UNLIMITED ? OptionalLong.empty() : OptionalLong.of(value);
    }

    /** One line of a file of lines "key value"; 0 if it is not there. */
    static long entry(Path file, String key) {
        var text = read(file).orElse("");
        return text.lines()
                .filter(line -> line.startsWith(key + " "))
                .mapToLong(line -> parse(line.substring(key.length() + 1)))
                .findFirst()
                .orElse(0);
    }

    /** Counters are unsigned 64 bits; nothing of ours comes near the sign. */
    private static long parse(String text) {
        return Long.parseUnsignedLong(text);
    }
}
