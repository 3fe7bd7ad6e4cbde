// SPDX-License-Identifier: Apache-2.0
package io.silica.server.config;

import java.util.Objects;
import org.tomlj.Toml;
import org.tomlj.TomlArray;

/**
 * One effective setting.
 *
 * @param value the value as TOML would spell it
 * @param expected what may stand there, in words
 * @param origin which layer it was taken from
 */
public record ConfigEntry(
        String section, String key, String value, String expected, Origin origin) {
    /** The value as a string, a whole number, a boolean or a list of strings. */
    public Object plain() {
        var read = Objects.requireNonNull(Toml.parse("value = " + value).get("value"));
        return read instanceof TomlArray array ? array.toList() : read;
    }
}
