// SPDX-License-Identifier: Apache-2.0
package io.silica.agent.json;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/** An object; its members stay in order. */
public final class JsonObject implements JsonValue {
    private final Map<String, JsonValue> members = new LinkedHashMap<>();

    /** The member of that name; null if there is none. */
    public @Nullable JsonValue get(String name) {
        return members.get(name);
    }

    public JsonObject put(String name, JsonValue value) {
        members.put(name, value);
        return this;
    }

    public JsonObject put(String name, String text) {
        return put(name, JsonValue.text(text));
    }

    public void remove(String name) {
        members.remove(name);
    }

    /** The object of that name; a new one, which becomes a member, if there is none. */
    public JsonObject object(String name) {
        if (members.get(name) instanceof JsonObject found) {
            return found;
        }
        var made = new JsonObject();
        members.put(name, made);
        return made;
    }

    /** The array of that name; a new one, which becomes a member, if there is none. */
    public JsonArray array(String name) {
        if (members.get(name) instanceof JsonArray found) {
            return found;
        }
        var made = new JsonArray();
        members.put(name, made);
        return made;
    }

    /** The string of that name; empty if there is none. */
    public String text(String name) {
        return members.get(name) instanceof JsonValue.Scalar scalar && scalar.isText()
                ? scalar.text()
                : "";
    }

    /** The whole number of that name; empty if there is none. */
    public OptionalLong number(String name) {
        if (!(members.get(name) instanceof JsonValue.Scalar scalar) || scalar.isText()) {
            return OptionalLong.empty();
        }
        try {
            return OptionalLong.of(Long.parseLong(scalar.json()));
        } catch (NumberFormatException _) {
            return OptionalLong.empty();
        }
    }

    /** Whether the member of that name is true. */
    public boolean isTrue(String name) {
        return TRUE.equals(members.get(name));
    }

    /** Its members in order. */
    public Map<String, JsonValue> members() {
        return Map.copyOf(members);
    }

    Map<String, JsonValue> ordered() {
        return members;
    }
}
