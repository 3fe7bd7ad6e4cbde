// SPDX-License-Identifier: Apache-2.0
package io.silica.ttrpc;

import io.silica.ttrpc.wire.KeyValue;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * What a caller sends beside the request: values by key, in order. Keys are compared without regard
 * to case and kept in lower case, as Go's client sends them. Immutable.
 */
public final class Metadata {
    private static final Metadata EMPTY = new Metadata(Map.of());

    private final Map<String, List<String>> values;

    private Metadata(Map<String, List<String>> values) {
        this.values = values;
    }

    /** No metadata. */
    public static Metadata empty() {
        return EMPTY;
    }

    /** One value of one key. */
    public static Metadata of(String key, String value) {
        return EMPTY.with(key, value);
    }

    /** This metadata with one more value of {@code key}, after those that it has. */
    public Metadata with(String key, String value) {
        var copy = new LinkedHashMap<>(values);
        copy.merge(lower(key), List.of(value), Metadata::concatenation);
        return new Metadata(copy);
    }

    /** The first value of {@code key}. */
    public Optional<String> first(String key) {
        return all(key).stream().findFirst();
    }

    /** Every value of {@code key}, in the order sent. */
    public List<String> all(String key) {
        return values.getOrDefault(lower(key), List.of());
    }

    /** Whether there is no key at all. */
    public boolean isEmpty() {
        return values.isEmpty();
    }

    static Metadata fromWire(List<KeyValue> pairs) {
        if (pairs.isEmpty()) {
            return EMPTY;
        }
        var values = new LinkedHashMap<String, List<String>>();
        for (var pair : pairs) {
            values.computeIfAbsent(lower(pair.getKey()), _ -> new ArrayList<>(1))
                    .add(pair.getValue());
        }
        values.replaceAll((_, list) -> List.copyOf(list));
        return new Metadata(values);
    }

    List<KeyValue> toWire() {
        var pairs = new ArrayList<KeyValue>();
        values.forEach((key, list) -> list.forEach(value -> pairs.add(pair(key, value))));
        return pairs;
    }

    @Override
    public String toString() {
        return values.toString();
    }

    private static KeyValue pair(String key, String value) {
        return KeyValue.newBuilder().setKey(key).setValue(value).build();
    }

    private static List<String> concatenation(List<String> head, List<String> tail) {
        var all = new ArrayList<>(head);
        all.addAll(tail);
        return List.copyOf(all);
    }

    private static String lower(String key) {
        return key.toLowerCase(Locale.ROOT);
    }
}
