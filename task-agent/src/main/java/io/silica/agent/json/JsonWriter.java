// SPDX-License-Identifier: Apache-2.0
package io.silica.agent.json;

/** Writes JSON. */
public final class JsonWriter {
    private static final String HEX = "0123456789abcdef";

    private JsonWriter() {}

    /** On one line. */
    public static String write(JsonValue value) {
        var out = new StringBuilder(4096);
        write(value, out);
        return out.toString();
    }

    private static void write(JsonValue value, StringBuilder out) {
        switch (value) {
            case JsonValue.Scalar scalar -> out.append(scalar.json());
            case JsonArray array -> writeArray(array, out);
            case JsonObject object -> writeObject(object, out);
        }
    }

    private static void writeArray(JsonArray array, StringBuilder out) {
        char before = '[';
        for (var element : array) {
            out.append(before);
            write(element, out);
            before = ',';
        }
        out.append(before == '[' ? "[]" : "]");
    }

    private static void writeObject(JsonObject object, StringBuilder out) {
        char before = '{';
        for (var member : object.ordered().entrySet()) {
            out.append(before).append(quote(member.getKey())).append(':');
            write(member.getValue(), out);
            before = ',';
        }
        out.append(before == '{' ? "{}" : "}");
    }

    static String quote(String text) {
        var out = new StringBuilder(text.length() + 2).append('"');
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == '"' || c == '\\') {
                out.append('\\').append(c);
            } else if (c < ' ') {
                out.append("\\u00").append(HEX.charAt(c >> 4)).append(HEX.charAt(c & 15));
            } else {
                out.append(c);
            }
        }
        return out.append('"').toString();
    }
}
