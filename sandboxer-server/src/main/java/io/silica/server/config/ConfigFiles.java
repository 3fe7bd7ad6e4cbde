// SPDX-License-Identifier: Apache-2.0
package io.silica.server.config;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/**
 * The files of a daemon: one main file and, in the directory named after it with {@code .d}
 * appended, its drop-ins {@code NN-name.toml}, which are read in the order of their names.
 *
 * @param main the main file
 * @param required whether it is an error that the main file does not exist
 */
public record ConfigFiles(Path main, boolean required) {
    private static final Pattern DROP_IN = Pattern.compile("\\d\\d-.+\\.toml");

    /** A file that somebody asked for by name. */
    public static ConfigFiles explicit(Path main) {
        return new ConfigFiles(main, true);
    }

    /** A file at its usual place, where none may be. */
    public static ConfigFiles usual(Path main) {
        return new ConfigFiles(main, false);
    }

    /** Reads the main file, then the drop-ins. */
    void readInto(ConfigTree tree) {
        if (required || Files.exists(main)) {
            new TomlFile(main).readInto(tree);
        }
        dropIns(tree).forEach(file -> new TomlFile(file).readInto(tree));
    }

    private List<Path> dropIns(ConfigTree tree) {
        var directory = main.resolveSibling(main.getFileName() + ".d");
        try (var entries = Files.newDirectoryStream(directory, "*.toml")) {
            return dropIns(entries, tree);
        } catch (NoSuchFileException none) {
            return List.of();
        } catch (IOException e) {
            tree.problem(new Origin.WholeFile(directory), "cannot be read", TomlFile.reason(e));
            return List.of();
        }
    }

    private static List<Path> dropIns(DirectoryStream<Path> entries, ConfigTree tree) {
        var found = new ArrayList<Path>();
        for (var entry : entries) {
            if (DROP_IN.matcher(String.valueOf(entry.getFileName())).matches()) {
                found.add(entry);
            } else {
                // Ignored in silence, its author would look for the reason for a long time.
                tree.problem(
                        new Origin.WholeFile(entry),
                        "is no drop-in",
                        "expected a name like 50-name.toml");
            }
        }
        return found.stream().sorted().toList();
    }
}
