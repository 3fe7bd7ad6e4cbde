// SPDX-License-Identifier: Apache-2.0
package io.silica.server.config;

import org.tomlj.TomlArray;
import org.tomlj.TomlTable;

/** A value as one layer holds it, of a type that is not checked yet. */
record RawValue(Object value, Origin origin) {
    /** The value and its type in words, for a message. */
    String description() {
        return switch (value) {
            case String text -> "the string " + Quoted.of(text);
            case Long number -> "the integer " + number;
            case Double number -> "the number " + number;
            case Boolean bool -> "the boolean " + bool;
            case TomlArray _ -> "an array";
            case TomlTable _ -> "a table";
            default -> "the date or time " + value;
        };
    }
}
