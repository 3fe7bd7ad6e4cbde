// SPDX-License-Identifier: Apache-2.0
package io.silica.agent.json;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.function.Predicate;

/** An array. */
public final class JsonArray implements JsonValue, Iterable<JsonValue> {
    private final List<JsonValue> elements = new ArrayList<>();

    /** An array of strings. */
    public static JsonArray ofTexts(String... texts) {
        var array = new JsonArray();
        for (var text : texts) {
            array.add(JsonValue.text(text));
        }
        return array;
    }

    public JsonArray add(JsonValue value) {
        elements.add(value);
        return this;
    }

    /** Takes away the objects that are like that. */
    public void removeObjects(Predicate<JsonObject> like) {
        elements.removeIf(value -> value instanceof JsonObject object && like.test(object));
    }

    /** The elements that are objects. */
    public List<JsonObject> objects() {
        var objects = new ArrayList<JsonObject>();
        for (var element : elements) {
            if (element instanceof JsonObject object) {
                objects.add(object);
            }
        }
        return objects;
    }

    /** The elements that are strings. */
    public List<String> texts() {
        var texts = new ArrayList<String>();
        for (var element : elements) {
            if (element instanceof JsonValue.Scalar scalar && scalar.isText()) {
                texts.add(scalar.text());
            }
        }
        return texts;
    }

    public boolean isEmpty() {
        return elements.isEmpty();
    }

    @Override
    public Iterator<JsonValue> iterator() {
        return elements.iterator();
    }
}
