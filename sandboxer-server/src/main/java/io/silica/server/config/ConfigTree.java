// SPDX-License-Identifier: Apache-2.0
package io.silica.server.config;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * All layers on top of each other: for each key of each section the values of every layer that has
 * one, weakest first, beside the problems found while they were read.
 */
final class ConfigTree {
    private final Map<String, Section> sections = new LinkedHashMap<>();
    private final Map<String, RawValue> strays = new LinkedHashMap<>();
    private final List<Problem> problems = new ArrayList<>();

    /** One section, as all layers together have it. */
    record Section(Optional<Origin> origin, Map<String, List<RawValue>> values) {}

    void problem(Origin origin, String what, String hint) {
        problems.add(new Problem(origin, what, hint));
    }

    /** Notes that a layer has a section of this name, be it empty. */
    void section(String name, Origin origin) {
        sections.putIfAbsent(name, new Section(Optional.of(origin), new LinkedHashMap<>()));
    }

    void add(String section, String key, RawValue value) {
        sections.computeIfAbsent(section, _ -> new Section(Optional.empty(), new LinkedHashMap<>()))
                .values()
                .computeIfAbsent(key, _ -> new ArrayList<>())
                .add(value);
    }

    /** Notes a value that stands outside of every section. */
    void stray(String key, RawValue value) {
        strays.put(key, value);
    }

    List<RawValue> values(String section, String key) {
        var found = sections.get(section);
        return found == null ? List.of() : found.values().getOrDefault(key, List.of());
    }

    /** Adds a problem for everything that nobody has asked for. */
    void rejectUnknown(Map<String, Set<String>> known) {
        strays.forEach((key, value) ->
                problem(value.origin(), "unknown key " + key, strayHint(key, known)));
        sections.forEach((name, section) -> {
            var keys = known.get(name);
            if (keys == null) {
                section.origin()
                        .ifPresent(o ->
                                problem(
                                        o,
                                        "unknown section [" + name + "]",
                                        hint(name, known.keySet())));
            } else {
                section.values().forEach((key, values) -> rejectUnknown(name, key, values, known));
            }
        });
    }

    List<Problem> problems() {
        return problems;
    }

    private void rejectUnknown(
            String section, String key, List<RawValue> values, Map<String, Set<String>> known) {
        var keys = known.getOrDefault(section, Set.of());
        if (!keys.contains(key)) {
            var hint =
                    home(key, known)
                            .map(home -> "it belongs in [" + home + "]")
                            .orElseGet(() -> hint(key, keys));
            values.forEach(
                    value -> problem(value.origin(), "unknown key " + section + "." + key, hint));
        }
    }

    private static String strayHint(String key, Map<String, Set<String>> known) {
        return home(key, known)
                .map(home -> "it belongs in [" + home + "]")
                .orElseGet(() ->
                        known.containsKey(key)
                                ? "expected the section [" + key + "]"
                                : hint(key, known.keySet()));
    }

    private static Optional<String> home(String key, Map<String, Set<String>> known) {
        return known.entrySet().stream()
                .filter(section -> section.getValue().contains(key))
                .map(Map.Entry::getKey)
                .findFirst();
    }

    private static String hint(String written, Set<String> names) {
        return ClosestName.to(written, names)
                .map(name -> "did you mean " + name + "?")
                .orElseGet(() -> "expected one of " + String.join(", ", names));
    }
}
