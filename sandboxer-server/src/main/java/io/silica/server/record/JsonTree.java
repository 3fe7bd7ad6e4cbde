// SPDX-License-Identifier: Apache-2.0
package io.silica.server.record;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.core.json.JsonFactory;

/**
 * Reads a JSON document as what it consists of: a map for an object, a list for an array, a string,
 * a long, a Boolean or null. A number that is no long is refused, as is a name that comes twice.
 */
final class JsonTree {
    private static final int DEEPEST = 16;
    private static final JsonFactory JSON =
            JsonFactory.builder()
                    .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                    .streamReadConstraints(
                            StreamReadConstraints.builder().maxNestingDepth(DEEPEST).build())
                    .build();

    private JsonTree() {}

    /**
     * @throws tools.jackson.core.JacksonException if it is no such document
     */
    static @Nullable Object read(byte[] document) {
        try (JsonParser json = JSON.createParser(ObjectReadContext.empty(), document)) {
            json.nextToken();
            Object root = value(json);
            if (json.nextToken() != null) {
                throw unexpected(json);
            }
            return root;
        }
    }

    private static @Nullable Object value(JsonParser json) {
        return switch (json.currentToken()) {
            case START_OBJECT -> object(json);
            case START_ARRAY -> array(json);
            case VALUE_STRING -> json.getString();
            case VALUE_NUMBER_INT -> json.getLongValue();
            case VALUE_TRUE -> true;
            case VALUE_FALSE -> false;
            case VALUE_NULL -> null;
            case null, default -> throw unexpected(json);
        };
    }

    private static Map<String, @Nullable Object> object(JsonParser json) {
        var members = new LinkedHashMap<String, @Nullable Object>();
        for (String name = json.nextName(); name != null; name = json.nextName()) {
            json.nextToken();
            members.put(name, value(json));
        }
        return members;
    }

    private static List<@Nullable Object> array(JsonParser json) {
        var elements = new ArrayList<@Nullable Object>();
        while (json.nextToken() != JsonToken.END_ARRAY) {
            elements.add(value(json));
        }
        return elements;
    }

    private static IllegalArgumentException unexpected(JsonParser json) {
        return new IllegalArgumentException(
                json.currentToken() == null
                        ? "it ends too soon"
                        : "there is an unexpected " + json.currentToken());
    }
}
