// SPDX-License-Identifier: Apache-2.0
package io.silica.vmm.qemu;

import io.silica.linux.ProcessIdentity;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * What finds a machine's processes again.
 *
 * @param processes by what they are called
 */
record QemuRecord(Map<String, ProcessIdentity> processes) {
    private static final Pattern LINE = Pattern.compile("([a-z-]+) ([0-9]{1,9}) ([0-9]{1,18})");

    QemuRecord {
        processes = java.util.Collections.unmodifiableMap(new LinkedHashMap<>(processes));
    }

    /** What {@link #text} made; empty if it makes no sense. */
    static Optional<QemuRecord> parse(String text) {
        var found = new LinkedHashMap<String, ProcessIdentity>();
        for (var line : text.lines().toList()) {
            var fields = LINE.matcher(line);
            if (!fields.matches()) {
                return Optional.empty();
            }
            found.put(
                    fields.group(1),
                    new ProcessIdentity(
                            Integer.parseInt(fields.group(2)), Long.parseLong(fields.group(3))));
        }
        return found.isEmpty() ? Optional.empty() : Optional.of(new QemuRecord(found));
    }

    String text() {
        var text = new StringBuilder();
        processes.forEach((name, process) ->
                text.append(name)
                        .append(' ')
                        .append(process.pid())
                        .append(' ')
                        .append(process.startTime())
                        .append('\n'));
        return text.toString();
    }
}
