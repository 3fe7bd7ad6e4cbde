// SPDX-License-Identifier: Apache-2.0
package io.silica.server.config;

import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.tomlj.Toml;
import org.tomlj.TomlParseError;
import org.tomlj.TomlParseResult;
import org.tomlj.TomlPosition;
import org.tomlj.TomlTable;

/** One TOML file of sections with keys. */
record TomlFile(Path path) {
    /** More than a thousand times a complete configuration. */
    private static final int MOST_BYTES = 1 << 20;

    /** Adds the values of this file as the strongest layer so far; problems are the tree's, too. */
    void readInto(ConfigTree tree) {
        try {
            if (Files.size(path) > MOST_BYTES) {
                tree.problem(whole(), "is too large", "expected at most " + MOST_BYTES + " bytes");
                return;
            }
            parse(Files.readString(path), tree);
        } catch (IOException e) {
            tree.problem(whole(), "cannot be read", reason(e));
        }
    }

    /** Why a file cannot be read, in words. */
    static String reason(IOException e) {
        return switch (e) {
            case NoSuchFileException _ -> "there is no such file";
            case AccessDeniedException _ -> "permission denied";
            case CharacterCodingException _ -> "it is not text in UTF-8";
            default -> Objects.requireNonNullElse(e.getMessage(), e.toString());
        };
    }

    private void parse(String text, ConfigTree tree) {
        try {
            read(Toml.parse(text), tree);
        } catch (RuntimeException | AssertionError | StackOverflowError e) {
            // tomlj answers some damage (a lone backslash, a thousand brackets) with an accident.
            tree.problem(whole(), "is not TOML", "its parser gave up with " + e);
        }
    }

    private void read(TomlParseResult toml, ConfigTree tree) {
        for (var error : toml.errors()) {
            tree.problem(at(error.position()), "is not TOML", oneLine(error));
        }
        for (var section : toml.entrySet()) {
            var origin = at(toml.inputPositionOf(List.of(section.getKey())));
            if (section.getValue() instanceof TomlTable table) {
                tree.section(section.getKey(), origin);
                readSection(section.getKey(), table, tree);
            } else {
                tree.stray(section.getKey(), new RawValue(section.getValue(), origin));
            }
        }
    }

    private void readSection(String name, TomlTable table, ConfigTree tree) {
        for (var entry : table.entrySet()) {
            var origin = at(table.inputPositionOf(List.of(entry.getKey())));
            tree.add(name, entry.getKey(), new RawValue(entry.getValue(), origin));
        }
    }

    private Origin whole() {
        return new Origin.WholeFile(path);
    }

    private Origin at(@Nullable TomlPosition position) {
        return position == null
                ? whole()
                : new Origin.InFile(path, position.line(), position.column());
    }

    private static String oneLine(TomlParseError error) {
        return String.valueOf(error.getMessage()).replace('\n', ' ');
    }
}
