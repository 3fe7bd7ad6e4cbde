// SPDX-License-Identifier: Apache-2.0
package io.silica.server.config;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What a mapping from layers to records reads from. It remembers which sections and keys were asked
 * for: whatever else stands in a file is unknown. For one thread.
 */
public final class ConfigReader {
    private final ConfigTree tree;
    private final Map<String, Set<String>> known = new LinkedHashMap<>();
    private final List<ConfigEntry> entries = new ArrayList<>();

    ConfigReader(ConfigTree tree) {
        this.tree = tree;
    }

    /** The section of this name, be it in a file or not. */
    public ConfigSection section(String name) {
        known.computeIfAbsent(name, _ -> new LinkedHashSet<>());
        return new ConfigSection(name, this);
    }

    <T> T read(String section, String key, T fallback, ValueType<T> type) {
        known.computeIfAbsent(section, _ -> new LinkedHashSet<>()).add(key);
        T value = fallback;
        Origin origin = new Origin.Default();
        for (var raw : tree.values(section, key)) {
            var parsed = type.parse(raw);
            if (parsed.isPresent()) {
                value = parsed.get();
                origin = raw.origin();
            } else {
                problem(
                        raw.origin(),
                        section + "." + key + " is " + raw.description(),
                        "expected " + type.expected());
            }
        }
        entries.add(
                new ConfigEntry(section, key, type.toToml().apply(value), type.expected(), origin));
        return value;
    }

    void problem(Origin origin, String what, String hint) {
        tree.problem(origin, what, hint);
    }

    Origin origin(String section, String key) {
        return entries.stream()
                .filter(entry -> entry.section().equals(section) && entry.key().equals(key))
                .map(ConfigEntry::origin)
                .reduce(new Origin.Default(), (_, last) -> last);
    }

    /** Ends the reading. */
    List<ConfigEntry> finish() {
        tree.rejectUnknown(known);
        if (!tree.problems().isEmpty()) {
            throw new ConfigException(tree.problems());
        }
        return List.copyOf(entries);
    }
}
