// SPDX-License-Identifier: Apache-2.0
package io.silica.server.cli;

/**
 * One thing that was looked for on this machine.
 *
 * @param name what
 * @param ok whether pods can be run with it
 * @param found what was found instead, or where
 * @param advice what to do; empty if nothing
 */
public record Finding(String name, boolean ok, String found, String advice) {
    public Finding {
        if (ok) {
            advice = "";
        }
    }
}
