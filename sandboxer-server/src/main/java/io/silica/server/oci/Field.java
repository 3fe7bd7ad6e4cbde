// SPDX-License-Identifier: Apache-2.0
package io.silica.server.oci;

import io.silica.sandbox.SandboxException.InvalidArgument;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import tools.jackson.databind.JsonNode;

/**
 * A value of a document and where it stands. Every method that reads it throws {@link
 * InvalidArgument} when it is not what was expected.
 */
final class Field {
    private static final int SHOWN_LENGTH = 80;
    private static final int PATH_MAX = 4_096;

    private final String document;
    private final String path;
    private final JsonNode node;

    private Field(String document, String path, JsonNode node) {
        this.document = document;
        this.path = path;
        this.node = node;
    }

    /** The document itself, which has to be an object. */
    static Field root(String document, JsonNode node) {
        if (!node.isObject()) {
            throw new InvalidArgument(document + " is not a JSON object");
        }
        return new Field(document, "", node);
    }

    /** What stands wherever a message shows something of the caller's: short, printable ASCII. */
    static String shown(String value) {
        String head = value.length() > SHOWN_LENGTH ? value.substring(0, SHOWN_LENGTH) : value;
        return head.replaceAll("[^ -~]", "?");
    }

    InvalidArgument problem(String what) {
        return new InvalidArgument("%s: %s %s".formatted(document, path, what));
    }

    Field required(String name) {
        return optional(name).orElseThrow(() -> new InvalidArgument(missing(name)));
    }

    /** A member that is there; one that is null counts as absent, for Go writes nil so. */
    Optional<Field> optional(String name) {
        if (!node.isObject()) {
            throw problem("is not an object");
        }
        JsonNode child = node.path(name);
        return child.isMissingNode() || child.isNull()
                ? Optional.empty()
                : Optional.of(new Field(document, below(name), child));
    }

    List<Field> elements(int maximum) {
        if (!node.isArray()) {
            throw problem("is not an array");
        }
        requireAtMost(maximum);
        List<Field> elements = new ArrayList<>(node.size());
        for (int i = 0; i < node.size(); i++) {
            elements.add(new Field(document, path + "[" + i + "]", node.path(i)));
        }
        return elements;
    }

    List<String> texts(int maximum) {
        return elements(maximum).stream().map(Field::text).toList();
    }

    Map<String, String> textsByName(int maximum) {
        if (!node.isObject()) {
            throw problem("is not an object");
        }
        requireAtMost(maximum);
        Map<String, String> texts = new LinkedHashMap<>();
        node.forEachEntry((name, value) ->
                texts.put(name, new Field(document, below(shown(name)), value).text()));
        return texts;
    }

    String text() {
        if (!node.isString()) {
            throw problem("is not a string");
        }
        String text = node.stringValue();
        if (text.indexOf('\0') >= 0) {
            throw problem("contains NUL");
        }
        return text;
    }

    /** An absolute path that Linux takes. */
    String absolutePath() {
        String text = text();
        if (!text.startsWith("/")) {
            throw problem("is not an absolute path");
        }
        if (text.length() >= PATH_MAX) {
            throw problem("has more than " + (PATH_MAX - 1) + " characters");
        }
        return text;
    }

    boolean flag() {
        if (!node.isBoolean()) {
            throw problem("is not true or false");
        }
        return node.booleanValue();
    }

    long between(long minimum, long maximum) {
        BigInteger value = integer();
        if (value.compareTo(BigInteger.valueOf(minimum)) < 0
                || value.compareTo(BigInteger.valueOf(maximum)) > 0) {
            throw problem(
                    "is %s, not between %d and %d"
                            .formatted(shown(value.toString()), minimum, maximum));
        }
        return value.longValueExact();
    }

    /** A whole number from 0 to 2<sup>64</sup> - 1. */
    BigInteger unsigned64() {
        BigInteger value = integer();
        if (value.signum() < 0 || value.bitLength() > Long.SIZE) {
            throw problem(
                    "is " + shown(value.toString()) + ", which is not an unsigned 64-bit number");
        }
        return value;
    }

    private BigInteger integer() {
        if (!node.isIntegralNumber()) {
            throw problem("is not a whole number");
        }
        return node.bigIntegerValue();
    }

    private void requireAtMost(int maximum) {
        if (node.size() > maximum) {
            throw problem("has %d entries, more than %d".formatted(node.size(), maximum));
        }
    }

    private String missing(String name) {
        return "%s: %s is missing".formatted(document, below(name));
    }

    private String below(String name) {
        return path.isEmpty() ? name : path + "." + name;
    }
}
