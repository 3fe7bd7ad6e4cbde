// SPDX-License-Identifier: Apache-2.0
package io.silica.server.config;

/**
 * One effective setting.
 *
 * @param value the value as TOML would spell it
 * @param origin which layer it was taken from
 */
public record ConfigEntry(String section, String key, String value, Origin origin) {}
