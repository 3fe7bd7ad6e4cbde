// SPDX-License-Identifier: Apache-2.0
package io.silica.agent.json;

/** A value of JSON. What was read and not changed is written as it was. */
public sealed interface JsonValue permits JsonObject, JsonArray, JsonValue.Scalar {
    JsonValue TRUE = new Scalar("true");
    JsonValue FALSE = new Scalar("false");

    /** A string. */
    static JsonValue text(String value) {
        return new Scalar(JsonWriter.quote(value));
    }

    static JsonValue number(long value) {
        return new Scalar(Long.toString(value));
    }

    /**
     * A string, a number or a literal.
     *
     * @param json as it is written
     */
    record Scalar(String json) implements JsonValue {
        /** Whether it is a string. */
        public boolean isText() {
            return json.startsWith("\"");
        }

        /** The string that it is; of others, what is written. */
        public String text() {
            return isText() ? JsonReader.unquote(json) : json;
        }
    }
}
