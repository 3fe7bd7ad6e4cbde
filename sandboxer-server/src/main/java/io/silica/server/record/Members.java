// SPDX-License-Identifier: Apache-2.0
package io.silica.server.record;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The members of a JSON object that was read. A member that is null is one that is not there.
 *
 * <p>Every method that reads one throws {@link IllegalArgumentException}, naming it, if it is not
 * there although it has to be, or is not what it is asked for as.
 */
public final class Members {
    private final Map<?, ?> members;

    private Members(Map<?, ?> members) {
        this.members = members;
    }

    /**
     * Those of the object that a document is.
     *
     * @throws tools.jackson.core.JacksonException if it is no JSON
     * @throws IllegalArgumentException if it is no object
     */
    static Members of(byte[] document) {
        return of("it", JsonTree.read(document));
    }

    private static Members of(String name, @Nullable Object value) {
        return new Members(as(Map.class, name, value));
    }

    /** One that has to be there. */
    public String text(String name) {
        return as(String.class, name, present(name));
    }

    public @Nullable String textOrNull(String name) {
        return optional(name, value -> as(String.class, name, value));
    }

    /** Zero if it is not there. */
    public long number(String name) {
        Long number = optional(name, value -> as(Long.class, name, value));
        return number == null ? 0 : number;
    }

    /** Zero if it is not there. */
    public int smallNumber(String name) {
        return small(name, number(name));
    }

    public @Nullable Integer smallNumberOrNull(String name) {
        return optional(name, value -> small(name, as(Long.class, name, value)));
    }

    /** False if it is not there. */
    public boolean flag(String name) {
        return Boolean.TRUE.equals(flagOrNull(name));
    }

    public @Nullable Boolean flagOrNull(String name) {
        return optional(name, value -> as(Boolean.class, name, value));
    }

    /** One that has to be there. */
    public List<String> texts(String name) {
        return elements(name, present(name), it -> as(String.class, name, it));
    }

    /** One that has to be there. */
    public Map<String, String> textsByName(String name) {
        return textsByName(name, present(name));
    }

    public @Nullable Map<String, String> textsByNameOrNull(String name) {
        return optional(name, value -> textsByName(name, value));
    }

    private static Map<String, String> textsByName(String name, Object object) {
        var texts = new TreeMap<String, String>();
        of(name, object)
                .members
                .forEach((key, value) -> texts.put((String) key, as(String.class, name, value)));
        return texts;
    }

    /** One that has to be there. */
    public <T> T object(String name, RecordForm<T> form) {
        return form.read(of(name, present(name)));
    }

    public <T> @Nullable T objectOrNull(String name, RecordForm<T> form) {
        return optional(name, value -> form.read(of(name, value)));
    }

    /** One that has to be there. */
    public <T> List<T> objects(String name, RecordForm<T> form) {
        return objects(name, present(name), form);
    }

    public <T> @Nullable List<T> objectsOrNull(String name, RecordForm<T> form) {
        return optional(name, value -> objects(name, value, form));
    }

    private static <T> List<T> objects(String name, Object value, RecordForm<T> form) {
        return elements(name, value, it -> form.read(of(name, it)));
    }

    private static <T> List<T> elements(
            String name, Object value, Function<@Nullable Object, T> element) {
        List<?> list = as(List.class, name, value);
        return list.stream().<T>map(element).toList();
    }

    private Object present(String name) {
        Object value = members.get(name);
        if (value == null) {
            throw new IllegalArgumentException(name + " is missing");
        }
        return value;
    }

    private <T> @Nullable T optional(String name, Function<Object, T> reading) {
        Object value = members.get(name);
        return value == null ? null : reading.apply(value);
    }

    private static int small(String name, long number) {
        if (number != (int) number) {
            throw new IllegalArgumentException(name + " is too large a number: " + number);
        }
        return (int) number;
    }

    private static <T> T as(Class<T> type, String name, @Nullable Object value) {
        if (!type.isInstance(value)) {
            throw new IllegalArgumentException(name + " is no " + word(type));
        }
        return type.cast(value);
    }

    private static String word(Class<?> type) {
        if (type == Map.class) {
            return "object";
        }
        if (type == List.class) {
            return "array";
        }
        return type == String.class ? "string" : type == Long.class ? "number" : "boolean";
    }
}
