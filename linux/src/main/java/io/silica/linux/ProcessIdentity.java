// SPDX-License-Identifier: Apache-2.0
package io.silica.linux;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Predicate;

/**
 * What tells a process from a later one with its pid, in a form that can be written down.
 *
 * @param pid in our pid namespace
 * @param startTime when it started, in clock ticks since boot: field 22 of /proc/PID/stat (proc(5))
 */
public record ProcessIdentity(int pid, long startTime) {
    /** Where field 22 is among those after the name, of which the first is field 3. */
    private static final int START_TIME = 22 - 3;

    /** The process that has the pid now; empty if none has, or if only its exit status is left. */
    public static Optional<ProcessIdentity> of(int pid) {
        try {
            return parse(Files.readString(stat(pid), StandardCharsets.ISO_8859_1));
        } catch (IOException _) {
            // No such file; or ESRCH, when the process goes between open and read.
            return Optional.empty();
        }
    }

    /**
     * All that are wanted and have not ended.
     *
     * @param wanted told by the directory in /proc; it is asked again once it is known who that is,
     *     because a number may become another's meanwhile
     */
    public static List<ProcessIdentity> all(Predicate<Path> wanted) {
        var found = new ArrayList<ProcessIdentity>();
        try (var entries =
                Files.newDirectoryStream(Path.of("/proc"), it -> isNumber(it.getFileName()))) {
            for (var entry : entries) {
                if (wanted.test(entry)) {
                    of(Integer.parseInt(entry.getFileName().toString()))
                            .filter(_ -> wanted.test(entry))
                            .ifPresent(found::add);
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return found;
    }

    private static boolean isNumber(Path name) {
        return name.toString().chars().allMatch(it -> it >= '0' && it <= '9');
    }

    /**
     * When the process that has the pid started, also if only its exit status is left; empty if
     * none has it.
     */
    public static OptionalLong startTime(int pid) {
        try {
            var stat = Files.readString(stat(pid), StandardCharsets.ISO_8859_1);
            return OptionalLong.of(startTime(fields(stat)));
        } catch (IOException _) {
            return OptionalLong.empty();
        }
    }

    static Optional<ProcessIdentity> parse(String stat) {
        int pid = Integer.parseInt(stat.substring(0, stat.indexOf(' ')));
        var fields = fields(stat);
        return isDead(fields[0])
                ? Optional.empty()
                : Optional.of(new ProcessIdentity(pid, startTime(fields)));
    }

    /** The name is the process's own choice and may hold spaces and parentheses. */
    private static String[] fields(String stat) {
        return stat.substring(stat.lastIndexOf(')') + 2).split(" ", -1);
    }

    private static long startTime(String[] fields) {
        return Long.parseLong(fields[START_TIME]);
    }

    private static boolean isDead(String state) {
        return state.equals("Z") || state.equals("X");
    }

    private static Path stat(int pid) {
        return Path.of("/proc", Integer.toString(pid), "stat");
    }

    /** Whether this process is alive. */
    public boolean isCurrent() {
        return of(pid).equals(Optional.of(this));
    }
}
