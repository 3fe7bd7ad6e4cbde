// SPDX-License-Identifier: Apache-2.0
package io.silica.server.config;

/**
 * One thing that is wrong with the configuration.
 *
 * @param origin where it is
 * @param what what is wrong there
 * @param hint what would be right
 */
public record Problem(Origin origin, String what, String hint) {
    @Override
    public String toString() {
        return origin + ": " + what + ": " + hint;
    }
}
