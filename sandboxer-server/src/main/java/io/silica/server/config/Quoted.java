// SPDX-License-Identifier: Apache-2.0
package io.silica.server.config;

import org.tomlj.Toml;

/**
 * Strings as TOML writes them: in quotes, with whatever could disturb a terminal or a log escaped.
 */
final class Quoted {
    private Quoted() {}

    static String of(String text) {
        return "\"" + Toml.tomlEscape(text) + "\"";
    }
}
