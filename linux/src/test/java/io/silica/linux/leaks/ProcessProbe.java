// SPDX-License-Identifier: Apache-2.0
package io.silica.linux.leaks;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Our children and theirs; zombies too. */
final class ProcessProbe implements Probe {
    @Override
    public String kind() {
        return "processes";
    }

    @Override
    public List<String> look() throws IOException {
        var children = childrenByParent();
        var found = new ArrayList<String>();
        var open = new ArrayDeque<>(List.of(ProcessHandle.current().pid()));
        while (!open.isEmpty()) {
            for (var child : children.getOrDefault(open.remove(), List.of())) {
                found.add(child.toString());
                open.add(child.pid());
            }
        }
        return found;
    }

    private static Map<Long, List<Seen>> childrenByParent() throws IOException {
        var children = new HashMap<Long, List<Seen>>();
        try (var entries = Files.newDirectoryStream(Path.of("/proc"), "[0-9]*")) {
            for (var entry : entries) {
                try {
                    var stat = Files.readString(entry.resolve("stat"), StandardCharsets.ISO_8859_1);
                    var seen = Seen.parse(stat);
                    children.computeIfAbsent(seen.parent(), _ -> new ArrayList<>()).add(seen);
                } catch (IOException _) {
                    // It ended since the directory was read.
                }
            }
        }
        return children;
    }

    private record Seen(long pid, String name, String state, long parent) {
        static Seen parse(String stat) {
            int open = stat.indexOf('(');
            int close = stat.lastIndexOf(')');
            var rest = stat.substring(close + 2).split(" ", 3);
            return new Seen(
                    Long.parseLong(stat.substring(0, open - 1)),
                    stat.substring(open + 1, close),
                    rest[0].equals("Z") ? ", a zombie" : "",
                    Long.parseLong(rest[1]));
        }

        @Override
        public String toString() {
            return "%d (%s)%s".formatted(pid, name, state);
        }
    }
}
