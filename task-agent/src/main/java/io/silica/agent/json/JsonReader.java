// SPDX-License-Identifier: Apache-2.0
package io.silica.agent.json;

/** Reads JSON (RFC 8259), at most {@link #DEEPEST} values within each other. */
public final class JsonReader {
    private static final int DEEPEST = 64;

    private final String text;
    private int at;

    private JsonReader(String text) {
        this.text = text;
    }

    /**
     * Reads one value, and nothing behind it.
     *
     * @throws JsonException if it is not JSON
     */
    public static JsonValue read(String text) {
        var reader = new JsonReader(text);
        var value = reader.value(0);
        reader.skipSpace();
        if (reader.at < text.length()) {
            throw reader.unexpected("the end");
        }
        return value;
    }

    /**
     * Reads an object.
     *
     * @throws JsonException if it is none
     */
    public static JsonObject readObject(String text) {
        if (read(text) instanceof JsonObject object) {
            return object;
        }
        throw new JsonException("not an object", 0);
    }

    private JsonValue value(int depth) {
        if (depth > DEEPEST) {
            throw new JsonException("more than " + DEEPEST + " values within each other", at);
        }
        skipSpace();
        return switch (peek()) {
            case '{' -> object(depth);
            case '[' -> array(depth);
            case '"' -> string();
            default -> literal();
        };
    }

    private JsonObject object(int depth) {
        var object = new JsonObject();
        expect('{');
        if (accept('}')) {
            return object;
        }
        do {
            skipSpace();
            var name = string().text();
            expect(':');
            object.put(name, value(depth + 1));
        } while (accept(','));
        expect('}');
        return object;
    }

    private JsonArray array(int depth) {
        var array = new JsonArray();
        expect('[');
        if (accept(']')) {
            return array;
        }
        do {
            array.add(value(depth + 1));
        } while (accept(','));
        expect(']');
        return array;
    }

    private JsonValue.Scalar string() {
        int begin = at;
        if (peek() != '"') {
            throw unexpected("a string");
        }
        at++;
        while (peek() != '"') {
            if (peek() < ' ') {
                throw unexpected("a string");
            }
            at += peek() == '\\' ? 2 : 1;
        }
        at++;
        var scalar = new JsonValue.Scalar(text.substring(begin, at));
        unquote(scalar.json());
        return scalar;
    }

    private JsonValue literal() {
        int begin = at;
        while (at < text.length() && isLiteral(text.charAt(at))) {
            at++;
        }
        var word = text.substring(begin, at);
        boolean number = !word.isEmpty() && (word.charAt(0) == '-' || isDigit(word.charAt(0)));
        if (!number && !word.equals("true") && !word.equals("false") && !word.equals("null")) {
            at = begin;
            throw unexpected("a value");
        }
        return new JsonValue.Scalar(word);
    }

    private static boolean isLiteral(char c) {
        return isDigit(c) || (c >= 'a' && c <= 'z') || c == '-' || c == '+' || c == '.' || c == 'E';
    }

    private static boolean isDigit(char c) {
        return c >= '0' && c <= '9';
    }

    /** The string that is written so. */
    static String unquote(String json) {
        if (json.indexOf('\\') < 0) {
            return json.substring(1, json.length() - 1);
        }
        var builder = new StringBuilder(json.length());
        int i = 1;
        while (i < json.length() - 1) {
            char c = json.charAt(i);
            if (c != '\\') {
                builder.append(c);
                i++;
            } else if (json.charAt(i + 1) == 'u') {
                builder.append(unicode(json, i + 2));
                i += 6;
            } else {
                builder.append(escaped(json, i + 1));
                i += 2;
            }
        }
        return builder.toString();
    }

    private static char unicode(String json, int at) {
        try {
            return (char) Integer.parseInt(json, at, at + 4, 16);
        } catch (NumberFormatException | IndexOutOfBoundsException _) {
            throw new JsonException("not an escape", at);
        }
    }

    private static char escaped(String json, int at) {
        return switch (json.charAt(at)) {
            case 'n' -> '\n';
            case 't' -> '\t';
            case 'r' -> '\r';
            case 'b' -> '\b';
            case 'f' -> '\f';
            case '"', '\\', '/' -> json.charAt(at);
            default -> throw new JsonException("not an escape", at);
        };
    }

    private boolean accept(char c) {
        skipSpace();
        if (peek() != c) {
            return false;
        }
        at++;
        return true;
    }

    private void expect(char c) {
        if (!accept(c)) {
            throw unexpected("'" + c + "'");
        }
    }

    private char peek() {
        if (at >= text.length()) {
            throw unexpected("more");
        }
        return text.charAt(at);
    }

    private void skipSpace() {
        while (at < text.length() && " \t\r\n".indexOf(text.charAt(at)) >= 0) {
            at++;
        }
    }

    private JsonException unexpected(String wanted) {
        return new JsonException(wanted + " was expected", at);
    }
}
