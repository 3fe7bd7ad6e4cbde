// SPDX-License-Identifier: Apache-2.0
package io.silica.linux;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What is mounted in a mount namespace (proc_pid_mountinfo(5)).
 *
 * @param mounts in the order in which the kernel lists them: what covers comes after what it covers
 */
public record MountTable(List<Mount> mounts) {
    private static final Pattern ESCAPE = Pattern.compile("\\\\([0-7]{3})");

    public MountTable {
        mounts = List.copyOf(mounts);
    }

    /**
     * One mount.
     *
     * @param id unique as long as it is mounted
     * @param parent the id of the mount that it is mounted on
     * @param root what of the file system is at the mount point
     * @param point where
     * @param options of this mount, such as {@code ro}
     * @param type of the file system
     * @param source what the type makes of it
     * @param superOptions of the file system, whoever mounts it
     */
    public record Mount(
            int id,
            int parent,
            String root,
            Path point,
            Set<String> options,
            String type,
            String source,
            Set<String> superOptions) {
        public Mount {
            options = Set.copyOf(options);
            superOptions = Set.copyOf(superOptions);
        }

        private static Mount parse(String line) {
            var fields = line.split(" ", -1);
            // Optional fields, as many as there are, end at a dash.
            int dash = List.of(fields).indexOf("-");
            return new Mount(
                    Integer.parseInt(fields[0]),
                    Integer.parseInt(fields[1]),
                    unescape(fields[3]),
                    Path.of(unescape(fields[4])),
                    options(fields[5]),
                    unescape(fields[dash + 1]),
                    unescape(fields[dash + 2]),
                    options(fields[dash + 3]));
        }

        private static Set<String> options(String field) {
            return new HashSet<>(List.of(unescape(field).split(",", 0)));
        }
    }

    /** The mounts that this thread sees now. Any thread; nothing blocks. */
    public static MountTable read() {
        try {
            // The kernel's tables are bytes; names become text after their escapes are gone.
            return parse(
                    Files.readString(
                            Path.of("/proc/thread-self/mountinfo"), StandardCharsets.ISO_8859_1));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static MountTable parse(String table) {
        return new MountTable(table.lines().map(Mount::parse).toList());
    }

    /** Spaces, tabs, line feeds and backslashes are written as three octal digits. */
    private static String unescape(String field) {
        var bytes =
                ESCAPE.matcher(field)
                        .replaceAll(escape -> Matcher.quoteReplacement(character(escape)));
        return new String(bytes.getBytes(StandardCharsets.ISO_8859_1), StandardCharsets.UTF_8);
    }

    private static String character(MatchResult escape) {
        return Character.toString(Integer.parseInt(escape.group(1), 8));
    }

    /** What is visible at a mount point; empty if the path is not one. */
    public Optional<Mount> at(Path point) {
        return mounts.stream()
                .filter(mount -> mount.point().equals(point))
                .reduce((_, covering) -> covering);
    }

    /** The mounts at and below a path, in the order in which they can be unmounted. */
    public List<Mount> below(Path path) {
        return mounts.reversed().stream().filter(m -> m.point().startsWith(path)).toList();
    }
}
